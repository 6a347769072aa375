// Four floats in the compiler's own vector type: any processor.
using Vec = float __attribute__((vector_size(16)));
constexpr int LANES = 4;
constexpr int REGISTERS = 16;

static inline Vec zero() { return Vec{0.0f, 0.0f, 0.0f, 0.0f}; }
static inline Vec load(const float* p) {
    Vec v = zero();
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}
static inline void store(float* p, Vec v) { __builtin_memcpy(p, &v, sizeof v); }
// A vector is less than a line of the cache, which it would write several times.
static inline void store_past(float* p, Vec v) { store(p, v); }
static inline void finish_stores() {}
static inline Vec splat(float f) { return Vec{f, f, f, f}; }
static inline Vec add(Vec a, Vec b) { return a + b; }
static inline Vec fma(Vec a, Vec b, Vec c) { return a * b + c; }
static inline Vec relu(Vec v) {
    for (int i = 0; i < LANES; ++i) v[i] = v[i] < 0.0f ? 0.0f : v[i]; // a NaN passes
    return v;
}
static inline float sum(Vec v) { return (v[0] + v[2]) + (v[1] + v[3]); }
static inline void store_first(float* p, Vec v, int64_t count) {
    for (int64_t i = 0; i < count; ++i) p[i] = v[i];
}
// Lanes [begin, end) of p, zeros elsewhere; reads nothing else.
static inline Vec load_part(const float* p, int64_t begin, int64_t end) {
    float lanes[LANES] = {};
    for (int64_t i = begin; i < end; ++i) lanes[i] = p[i];
    return load(lanes);
}
// Nothing to say to a compiler whose registers are not known here.
static inline void keep(Vec&) {}
