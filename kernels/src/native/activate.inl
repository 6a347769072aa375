// What follows the sums: ReLU where they are stored, the other activations over a tile just stored,
// which the cache still holds. Written once for all levels, in the compiler's own vector operations.

typedef int32_t Ints __attribute__((vector_size(sizeof(Vec))));

static inline Vec clamped(const Job* job, Vec v) { return job->clamp ? relu(v) : v; }

static inline Vec absolute(Vec v) { return (Vec)((Ints)v & 0x7fffffff); }

// yes where `v` < 0 (or -0), no elsewhere.
static inline Vec where_negative(Vec v, Vec yes, Vec no) {
    const Ints negative = (Ints)v >> 31;
    return (Vec)(((Ints)yes & negative) | ((Ints)no & ~negative));
}

// The smaller of `v` and `bound`, which is a number; `bound` for a NaN.
static inline Vec at_most_vec(Vec v, Vec bound) {
    const Ints within = v < bound;
    return (Vec)(((Ints)v & within) | ((Ints)bound & ~within));
}

// exp(-v) for v >= 0; below exp(-87) it stays there. Cody and Waite's reduction, Taylor's series.
static inline Vec decay(Vec v) {
    const Vec x = zero() - at_most_vec(v, splat(87.0f));
    const Vec shift = splat(12582912.0f); // 1.5 * 2^23: adding it rounds to whole numbers
    const Vec whole = (x * splat(1.44269504f) + shift) - shift;
    Vec rest = fma(whole, splat(-0.693359375f), x);
    rest = fma(whole, splat(2.12194440e-4f), rest);
    Vec series = splat(1.0f / 5040.0f);
    series = fma(series, rest, splat(1.0f / 720.0f));
    series = fma(series, rest, splat(1.0f / 120.0f));
    series = fma(series, rest, splat(1.0f / 24.0f));
    series = fma(series, rest, splat(1.0f / 6.0f));
    series = fma(series, rest, splat(0.5f));
    series = fma(series, rest, splat(1.0f));
    series = fma(series, rest, splat(1.0f));
    const Ints power = (__builtin_convertvector(whole, Ints) + 127) << 23;
    return series * (Vec)power;
}

static inline Vec sigmoid(Vec v) {
    const Vec small = decay(absolute(v));
    const Vec one = splat(1.0f);
    return where_negative(v, small, one) / (one + small);
}

// Near 0 the series of the Cephes library, elsewhere by the exponential function.
static inline Vec hyperbolic_tangent(Vec v) {
    const Vec one = splat(1.0f), size = absolute(v), square = v * v;
    Vec series = splat(-5.70498872745e-3f);
    series = fma(series, square, splat(2.06390887954e-2f));
    series = fma(series, square, splat(-5.37397155531e-2f));
    series = fma(series, square, splat(1.33314422036e-1f));
    series = fma(series, square, splat(-3.33332819422e-1f));
    const Vec near = fma(series * square, v, v);
    const Vec small = decay(size + size);
    const Vec far = (one - small) / (one + small);
    const Ints is_far = size >= splat(0.625f); // a NaN goes the near way and stays one
    const Vec signed_far = where_negative(v, zero() - far, far);
    return (Vec)(((Ints)signed_far & is_far) | ((Ints)near & ~is_far));
}

// The normal distribution: erfc(a) exp(a^2) as a polynomial in 1 / (1 + a / 2), by least squares of
// the relative error (3e-8) for a from 0 to 9.5.
static inline Vec normal_distribution(Vec v) {
    const Vec one = splat(1.0f), half = splat(0.5f);
    const Vec a = at_most_vec(absolute(v) * splat(0.70710678f), splat(9.3f));
    const Vec t = one / fma(half, a, one);
    Vec p = splat(-5.4956064e-02f);
    p = fma(p, t, splat(2.6329720e-01f));
    p = fma(p, t, splat(-4.3984383e-01f));
    p = fma(p, t, splat(2.1873908e-01f));
    p = fma(p, t, splat(1.9332329e-02f));
    p = fma(p, t, splat(1.7993499e-01f));
    p = fma(p, t, splat(2.5027859e-01f));
    p = fma(p, t, splat(2.8098956e-01f));
    p = fma(p, t, splat(2.8223482e-01f));
    p = fma(p, t, splat(-6.7077785e-06f));
    const Vec tail = half * decay(a * a) * p;
    return where_negative(v, tail, one - tail);
}

static inline Vec activation_of(const Job* job, Vec v) {
    switch (job->activation) {
    case CONVWISE_LEAKY_RELU: return where_negative(v, v * splat(job->slope), v);
    case CONVWISE_TANH: return hyperbolic_tangent(v);
    case CONVWISE_SILU: return v * sigmoid(v);
    case CONVWISE_GELU: return v * normal_distribution(v);
    case CONVWISE_GELU_TANH: {
        const Vec cube = v * v * v;
        return v * sigmoid(splat(1.59576912f) * fma(splat(0.044715f), cube, v));
    }
    default: return relu(v);
    }
}

// All channels of a tile at `steps` output times, from the target to where activations go.
static void activate_tile(const Job* job, const Item* item, const Tile& tile, int64_t time,
                          int64_t steps) {
    const Strides& by = job->target_strides;
    for (int64_t s = 0; s < steps; ++s) {
        for (int64_t channel = 0; channel < job->outputs; ++channel) {
            int64_t row = target_at(job, item, tile, channel, time + s);
            for (int64_t r = 0; r < tile.rows; ++r, row += by.y) {
                for (int64_t column = 0; column < tile.columns; column += LANES) {
                    const int64_t left = tile.columns - column;
                    const Vec before = take(job, job->target, row + column, left);
                    const Vec after = activation_of(job, before);
                    put(job, job->activated, row + column, 1, after, left);
                }
            }
        }
    }
}
