// Multiply-adds that wait for nothing: as many a second as this instruction set can do here. What
// the kernels reach is told as a part of it.

static int64_t multiply_adds(int64_t rounds, float* sink) {
    constexpr int CHAINS = REGISTERS >= 32 ? 16 : 12;
    Vec sums[CHAINS];
#pragma GCC unroll 16
    for (int i = 0; i < CHAINS; ++i) sums[i] = splat(static_cast<float>(i));
    const Vec factor = splat(0.5f), one = splat(1.0f);
    for (int64_t round = 0; round < rounds; ++round) {
#pragma GCC unroll 16
        for (int i = 0; i < CHAINS; ++i) {
            sums[i] = fma(sums[i], factor, one);
            keep(sums[i]);
        }
    }
    Vec total = zero();
#pragma GCC unroll 16
    for (int i = 0; i < CHAINS; ++i) total = add(total, sums[i]);
    *sink = sum(total);
    return rounds * CHAINS * LANES;
}
