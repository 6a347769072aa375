// The avx512 level: the only file that its instruction set's flags compile.
#include "convwise_kernels.h"
#include "problem.h"

#include <immintrin.h>

namespace {
// Included inside the namespace: nothing of it has external linkage.
#include "vector_avx512.inl"
#include "elements.inl"
#include "pack.inl"
#include "activate.inl"
#include "rows.inl"
#include "taps.inl"
#include "correlate.inl"
#include "weigh.inl"
#include "peak.inl"
} // namespace

extern "C" const Level convwise_level_avx512 = {
    "avx512", LANES, REGISTERS, MOST_OUTPUTS, ROWS, PAIRS, correlate, weigh, multiply_adds,
};
