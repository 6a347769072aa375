// Sixteen floats in one AVX-512 register.

using Vec = __m512;
constexpr int LANES = 16;
constexpr int REGISTERS = 32;

static inline Vec load(const float* p) { return _mm512_loadu_ps(p); }
static inline void store(float* p, Vec v) { _mm512_storeu_ps(p, v); }
// Past the caches, in whole lines: `p` is aligned to one.
static inline void store_past(float* p, Vec v) { _mm512_stream_ps(p, v); }
static inline void finish_stores() { _mm_sfence(); }
static inline Vec splat(float f) { return _mm512_set1_ps(f); }
static inline Vec zero() { return _mm512_setzero_ps(); }
static inline Vec add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
static inline Vec fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
// The second operand is returned when either is NaN: a NaN passes, as in PyTorch's ReLU.
static inline Vec relu(Vec v) { return _mm512_max_ps(_mm512_setzero_ps(), v); }
static inline float sum(Vec v) { return _mm512_reduce_add_ps(v); }
static inline void store_first(float* p, Vec v, int64_t count) {
    _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << count) - 1u), v);
}
// Lanes [begin, end) of p, zeros elsewhere; reads nothing else.
static inline Vec load_part(const float* p, int64_t begin, int64_t end) {
    const uint32_t lanes = begin < end ? (1u << end) - (1u << begin) : 0u;
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>(lanes), p);
}
// A loaded vector stays in its register: GCC would load it again for each multiply-add.
static inline void keep(Vec& v) { __asm__("" : "+v"(v)); }
