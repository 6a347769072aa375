// The rows family, for few output channels: ROWS output rows of one vector stay in registers (at
// two output times where there are registers enough), and each load of the source feeds a whole
// column of the kernel: KH multiply-adds, or 2 * KH.

constexpr int ROWS = 8;
constexpr int PAIRS = REGISTERS >= 32 ? 2 : 1;

// The slice at one place: adds its part to output times FROM .. FROM + COUNT - 1. Weights are
// [x.taps][KH] for the first of these times; each later time's lie `back` floats before.
template <int KH, int STEPS, int FROM, int COUNT>
static inline __attribute__((always_inline)) void
add_slice(const Job* job, const float* source, const float* weights, int64_t back,
          Vec (&sums)[STEPS][ROWS]) {
    const int64_t pitch = job->pitch;
    for (int64_t kx = 0; kx < job->x.taps; ++kx, weights += KH) {
        const float* from = source + job->column_offset[kx];
        Vec w[COUNT][KH];
#pragma GCC unroll 2
        for (int s = 0; s < COUNT; ++s) {
#pragma GCC unroll 8
            for (int ky = 0; ky < KH; ++ky) w[s][ky] = splat(weights[ky - s * back]);
        }
#pragma GCC unroll 16
        for (int r = 0; r < ROWS + KH - 1; ++r) {
            Vec value = load(from + r * pitch);
            keep(value);
#pragma GCC unroll 2
            for (int s = 0; s < COUNT; ++s) {
#pragma GCC unroll 8
                for (int ky = 0; ky < KH; ++ky) {
                    if (r - ky >= 0 && r - ky < ROWS) {
                        sums[FROM + s][r - ky] = fma(w[s][ky], value, sums[FROM + s][r - ky]);
                    }
                }
            }
        }
    }
}

// One block of ROWS x LANES outputs at one time (taps along t at any offsets).
template <int KH>
static void rows_once(const Job* job, const float* scratch, const float* weights, int64_t time,
                      int64_t place, Vec (&sums)[1][ROWS]) {
    const int64_t size = job->x.taps * KH;
    for (int64_t kz = 0; kz < job->t.taps; ++kz) {
        const int64_t slice = time * job->t.step + job->t.offset[kz];
        if (slice < 0 || slice >= job->t.input) continue;
        const float* source = slice_at(job, scratch, slice) + place;
        for (int64_t c = 0; c < job->inputs; ++c) {
            add_slice<KH, 1, 0, 1>(job, source + c * job->plane,
                                   weights + (c * job->t.taps + kz) * size, 0, sums);
        }
    }
}

// The same at `time` and time + 1: step 1 and neighbouring taps along t.
template <int KH>
static void rows_twice(const Job* job, const float* scratch, const float* weights, int64_t time,
                       int64_t place, Vec (&sums)[2][ROWS]) {
    const int64_t size = job->x.taps * KH;
    const int64_t taps = job->t.taps;
    for (int64_t j = 0; j <= taps; ++j) {
        const int64_t slice = time + job->t.lowest + j;
        if (slice < 0 || slice >= job->t.input) continue;
        const float* source = slice_at(job, scratch, slice) + place;
        for (int64_t c = 0; c < job->inputs; ++c, source += job->plane) {
            const float* w = weights + (c * taps + j) * size;
            if (j == 0) {
                add_slice<KH, 2, 0, 1>(job, source, w, 0, sums);
            } else if (j == taps) {
                add_slice<KH, 2, 1, 1>(job, source, w - size, 0, sums);
            } else {
                add_slice<KH, 2, 0, 2>(job, source, w, size, sums);
            }
        }
    }
}

template <int STEPS>
static inline void rows_put(const Job* job, const Item* item, const Tile& tile, int64_t channel,
                            int64_t time, int64_t row, int64_t column, Vec (&sums)[STEPS][ROWS]) {
    const Strides& by = job->target_strides;
    for (int s = 0; s < STEPS; ++s) {
        const int64_t at = target_at(job, item, tile, channel, time + s) + row * by.y + column * by.x;
#pragma GCC unroll 8
        for (int r = 0; r < ROWS; ++r) {
            if (row + r < tile.rows) {
                const Vec found = clamped(job, sums[s][r]);
                put(job, job->target, at + r * by.y, by.x, found, tile.columns - column);
            }
        }
    }
}

// All outputs of one tile and one channel at STEPS output times.
template <int KH, int STEPS>
static void rows_tile(const Job* job, const Item* item, const Tile& tile, const float* scratch,
                      int64_t channel, int64_t time, Ahead& ahead) {
    const int64_t size = job->inputs * job->t.taps * job->x.taps * KH;
    const float* weights = job->weights + item->group * job->group_weights + channel * size;
    const int64_t all = item->group * job->outputs + channel;
    const Vec start = job->bias ? splat(job->bias[all]) : zero();
    for (int64_t row = 0; row < tile.rows; row += ROWS) {
        for (int64_t column = 0; column < tile.columns; column += LANES) {
            Vec sums[STEPS][ROWS];
#pragma GCC unroll 2
            for (int s = 0; s < STEPS; ++s) {
#pragma GCC unroll 8
                for (int r = 0; r < ROWS; ++r) sums[s][r] = start;
            }
            fetch(ahead);
            const int64_t place = row * job->pitch + column;
            if constexpr (STEPS == 2) {
                rows_twice<KH>(job, scratch, weights, time, place, sums);
            } else {
                rows_once<KH>(job, scratch, weights, time, place, sums);
            }
            rows_put<STEPS>(job, item, tile, channel, time, row, column, sums);
        }
    }
}

template <int KH>
static void rows_all(const Job* job, const Item* item, const Tile& tile, const float* scratch,
                     int64_t time, int64_t steps, Ahead& ahead) {
    for (int64_t channel = 0; channel < job->outputs; ++channel) {
        if constexpr (PAIRS == 2) {
            if (steps == 2) {
                rows_tile<KH, 2>(job, item, tile, scratch, channel, time, ahead);
                continue;
            }
        }
        rows_tile<KH, 1>(job, item, tile, scratch, channel, time, ahead);
    }
}
