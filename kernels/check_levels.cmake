# Fails the build where a level's object has a defined symbol of external linkage beside its table:
# the linker could then let one instruction set's code stand for another's.
string(REPLACE "|" ";" OBJECTS "${OBJECTS}")
foreach(object IN LISTS OBJECTS)
  if(NOT object MATCHES "level_[a-z0-9]+\\.cpp")
    continue()
  endif()
  execute_process(COMMAND ${NM} --defined-only --extern-only --format=posix ${object}
    OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "\n$" "" listed "${listed}")
  string(REPLACE "\n" ";" listed "${listed}")
  foreach(symbol IN LISTS listed)
    if(NOT symbol MATCHES "^convwise_level_" AND NOT symbol MATCHES "^(__asan|__odr_asan|DW\\.)")
      message(FATAL_ERROR "${object} shares a symbol with other levels: ${symbol}")
    endif()
  endforeach()
endforeach()
