// Four floats in one NEON register.

using Vec = float32x4_t;
constexpr int LANES = 4;
constexpr int REGISTERS = 32;

static inline Vec load(const float* p) { return vld1q_f32(p); }
static inline void store(float* p, Vec v) { vst1q_f32(p, v); }
// A vector is less than a line of the cache, which it would write several times.
static inline void store_past(float* p, Vec v) { store(p, v); }
static inline void finish_stores() {}
static inline Vec splat(float f) { return vdupq_n_f32(f); }
static inline Vec zero() { return vdupq_n_f32(0.0f); }
static inline Vec add(Vec a, Vec b) { return vaddq_f32(a, b); }
static inline Vec fma(Vec a, Vec b, Vec c) { return vfmaq_f32(c, a, b); }
// FMAX returns NaN when either operand is NaN, as PyTorch's ReLU does.
static inline Vec relu(Vec v) { return vmaxq_f32(vdupq_n_f32(0.0f), v); }
static inline float sum(Vec v) { return vaddvq_f32(v); }
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
static inline void keep(Vec& v) { __asm__("" : "+w"(v)); }
