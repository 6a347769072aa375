// Eight floats in one AVX2 register.

using Vec = __m256;
constexpr int LANES = 8;
constexpr int REGISTERS = 16;

static inline Vec load(const float* p) { return _mm256_loadu_ps(p); }
static inline void store(float* p, Vec v) { _mm256_storeu_ps(p, v); }
// A vector is less than a line of the cache, which it would write several times.
static inline void store_past(float* p, Vec v) { store(p, v); }
static inline void finish_stores() {}
static inline Vec splat(float f) { return _mm256_set1_ps(f); }
static inline Vec zero() { return _mm256_setzero_ps(); }
static inline Vec add(Vec a, Vec b) { return _mm256_add_ps(a, b); }
static inline Vec fma(Vec a, Vec b, Vec c) { return _mm256_fmadd_ps(a, b, c); }
// The second operand is returned when either is NaN: a NaN passes, as in PyTorch's ReLU.
static inline Vec relu(Vec v) { return _mm256_max_ps(_mm256_setzero_ps(), v); }
static inline float sum(Vec v) {
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}
static inline void store_first(float* p, Vec v, int64_t count) {
    float lanes[LANES];
    store(lanes, v);
    for (int64_t i = 0; i < count; ++i) p[i] = lanes[i];
}
// Lanes [begin, end) of p, zeros elsewhere; reads nothing else.
static inline Vec load_part(const float* p, int64_t begin, int64_t end) {
    float lanes[LANES] = {};
    for (int64_t i = begin; i < end; ++i) lanes[i] = p[i];
    return load(lanes);
}
// A loaded vector stays in its register: GCC would load it again for each multiply-add.
static inline void keep(Vec& v) { __asm__("" : "+x"(v)); }
