// Which level runs: what the processor can do (CPUID) and what the system saves (XCR0), both.
#include "choose.h"

#include <atomic>
#include <cstdlib>
#include <cstring>

#include "convwise_kernels.h"

#ifdef CONVWISE_X86
#include <cpuid.h>
#endif

namespace {

#ifdef CONVWISE_X86
uint64_t saved_registers() {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (static_cast<uint64_t>(high) << 32) | low;
}

struct Abilities {
    bool avx2 = false;
    bool avx512 = false;
};

Abilities abilities() {
    Abilities found;
    uint32_t a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return found;
    const bool fma = c & (1u << 12), xsave = c & (1u << 27), avx = c & (1u << 28);
    if (!fma || !xsave || !avx) return found;
    const uint64_t saved = saved_registers();
    if ((saved & 0x6) != 0x6) return found; // xmm and ymm
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return found;
    found.avx2 = b & (1u << 5);
    // opmask, the upper halves of zmm0-15, and zmm16-31
    found.avx512 = found.avx2 && (b & (1u << 16)) && (saved & 0xe0) == 0xe0;
    return found;
}
#endif

struct Levels {
    const Level* list[4] = {nullptr, nullptr, nullptr, nullptr};
    int count = 0;

    Levels() {
#ifdef CONVWISE_X86
        const Abilities can = abilities();
        if (can.avx512) list[count++] = &convwise_level_avx512;
        if (can.avx2) list[count++] = &convwise_level_avx2;
#endif
#ifdef CONVWISE_NEON
        list[count++] = &convwise_level_neon;
#endif
        list[count++] = &convwise_level_portable;
    }

    const Level* named(const char* name) const {
        for (int i = 0; i < count; ++i) {
            if (!std::strcmp(list[i]->name, name)) return list[i];
        }
        return nullptr;
    }
};

const Levels& levels() {
    static const Levels found;
    return found;
}

const Level* first_choice() {
    const char* wanted = std::getenv("CONVWISE_KERNELS_LEVEL");
    return wanted && *wanted ? levels().named(wanted) : levels().list[0];
}

std::atomic<const Level*>& choice() {
    static std::atomic<const Level*> level{first_choice()};
    return level;
}

} // namespace

const Level* chosen_level() { return choice().load(); }

const char* convwise_level(void) {
    const Level* level = chosen_level();
    return level ? level->name : nullptr;
}

const char* convwise_level_at(int32_t place) {
    return place >= 0 && place < levels().count ? levels().list[place]->name : nullptr;
}

int32_t convwise_force_level(const char* name) {
    const Level* level = levels().named(name);
    if (!level) return 3;
    choice().store(level);
    return 0;
}
