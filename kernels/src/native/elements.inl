// How elements lie in memory: float32, or bfloat16, the upper half of one.

static inline float widened(float v) { return v; }
static inline float widened(uint16_t v) {
    const uint32_t bits = static_cast<uint32_t>(v) << 16;
    float wide;
    __builtin_memcpy(&wide, &bits, sizeof wide);
    return wide;
}

// To the nearest, to even where two are as near; a NaN stays one.
static inline uint16_t narrowed(float v) {
    uint32_t bits;
    __builtin_memcpy(&bits, &v, sizeof bits);
    const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    return static_cast<uint16_t>(v == v ? rounded : (bits >> 16) | 0x40u);
}

static inline const char* element(const Job* job, const void* first, int64_t place) {
    return static_cast<const char*>(first) + place * (job->bfloat16 ? 2 : 4);
}

// `count` lanes of `v` from element `at` of `first`, `step` elements apart.
static inline void put(const Job* job, void* first, int64_t at, int64_t step, Vec v, int64_t count) {
    float* to = static_cast<float*>(first) + at;
    if (step == 1 && !job->bfloat16) {
        if (count < LANES) {
            store_first(to, v, count);
        } else if (job->stream) {
            store_past(to, v);
        } else {
            store(to, v);
        }
        return;
    }
    float lanes[LANES];
    store(lanes, v);
    const int64_t end = count < LANES ? count : LANES;
    if (!job->bfloat16) {
        for (int64_t i = 0; i < end; ++i) to[i * step] = lanes[i];
        return;
    }
    uint16_t* halves = static_cast<uint16_t*>(first) + at;
    for (int64_t i = 0; i < end; ++i) halves[i * step] = narrowed(lanes[i]);
}

// Up to LANES elements from `at`, zeros behind them.
static inline Vec take(const Job* job, const void* first, int64_t at, int64_t count) {
    if (!job->bfloat16) {
        const float* from = static_cast<const float*>(first) + at;
        return count >= LANES ? load(from) : load_part(from, 0, count);
    }
    const uint16_t* from = static_cast<const uint16_t*>(first) + at;
    float lanes[LANES] = {};
    const int64_t end = count < LANES ? count : LANES;
    for (int64_t i = 0; i < end; ++i) lanes[i] = widened(from[i]);
    return load(lanes);
}
