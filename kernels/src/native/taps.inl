// The taps family, for any kernel, step and dilation: a block of NB output channels times NV vectors
// in registers; each tap loads NV vectors of the source and NB weights for NB * NV multiply-adds.

constexpr int MOST_OUTPUTS = REGISTERS >= 32 ? 8 : 4;

// Outputs [channel, channel + NB) of NV vectors from `column` of one row.
template <int NB, int NV>
static void taps_block(const Job* job, const Item* item, const Tile& tile, const float* scratch,
                       const float* weights, int64_t channel, int64_t time, int64_t row,
                       int64_t column) {
    const int64_t taps = job->y.taps * job->x.taps;
    const float* bias = job->bias ? job->bias + item->group * job->outputs + channel : nullptr;
    Vec sums[NB][NV];
#pragma GCC unroll 8
    for (int b = 0; b < NB; ++b) {
#pragma GCC unroll 8
        for (int v = 0; v < NV; ++v) sums[b][v] = bias ? splat(bias[b]) : zero();
    }
    for (int64_t kz = 0; kz < job->t.taps; ++kz) {
        const int64_t slice = time * job->t.step + job->t.offset[kz];
        if (slice < 0 || slice >= job->t.input) continue;
        const float* plane = slice_at(job, scratch, slice) + row * job->y.step * job->pitch + column;
        for (int64_t c = 0; c < job->inputs; ++c, plane += job->plane) {
            const float* w = weights + (c * job->t.taps + kz) * taps * NB;
            for (int64_t tap = 0; tap < taps; ++tap, w += NB) {
                const float* from = plane + job->tap_offset[tap];
                Vec values[NV];
#pragma GCC unroll 8
                for (int v = 0; v < NV; ++v) values[v] = load(from + v * LANES);
#pragma GCC unroll 8
                for (int b = 0; b < NB; ++b) {
                    const Vec weight = splat(w[b]);
#pragma GCC unroll 8
                    for (int v = 0; v < NV; ++v) sums[b][v] = fma(weight, values[v], sums[b][v]);
                }
            }
        }
    }
    const Strides& by = job->target_strides;
    const int64_t at = target_at(job, item, tile, channel, time) + row * by.y + column * by.x;
#pragma GCC unroll 8
    for (int b = 0; b < NB; ++b) {
#pragma GCC unroll 8
        for (int v = 0; v < NV; ++v) {
            const int64_t left = tile.columns - column - v * LANES;
            if (left > 0) {
                const Vec found = clamped(job, sums[b][v]);
                put(job, job->target, at + b * by.c + v * LANES * by.x, by.x, found, left);
            }
        }
    }
}

// A row of a tile: blocks of MOST vectors, then a smaller one.
template <int NB>
static void taps_tile(const Job* job, const Item* item, const Tile& tile, const float* scratch,
                      int64_t channel, int64_t time, Ahead& ahead) {
    constexpr int MOST = NB == 1 ? 8 : NB == 2 ? 4 : 3;
    const int64_t size = job->inputs * job->t.taps * job->y.taps * job->x.taps;
    const float* weights = job->weights + item->group * job->group_weights + channel * size;
    for (int64_t row = 0; row < tile.rows; ++row) {
        fetch(ahead);
        int64_t column = 0;
        for (; column + (MOST - 1) * LANES < tile.columns; column += MOST * LANES) {
            taps_block<NB, MOST>(job, item, tile, scratch, weights, channel, time, row, column);
        }
        if constexpr (MOST > 3) {
            for (; column + LANES < tile.columns; column += 2 * LANES) {
                taps_block<NB, 2>(job, item, tile, scratch, weights, channel, time, row, column);
            }
        } else if (column + LANES < tile.columns) {
            taps_block<NB, 2>(job, item, tile, scratch, weights, channel, time, row, column);
            column += 2 * LANES;
        }
        if (column < tile.columns) {
            taps_block<NB, 1>(job, item, tile, scratch, weights, channel, time, row, column);
        }
    }
}

static void taps_all(const Job* job, const Item* item, const Tile& tile, const float* scratch,
                     int64_t time, Ahead& ahead) {
    int64_t channel = 0;
    if constexpr (MOST_OUTPUTS >= 8) {
        for (; channel + 8 <= job->outputs; channel += 8) {
            taps_tile<8>(job, item, tile, scratch, channel, time, ahead);
        }
    }
    for (; channel + 4 <= job->outputs; channel += 4) {
        taps_tile<4>(job, item, tile, scratch, channel, time, ahead);
    }
    for (; channel + 2 <= job->outputs; channel += 2) {
        taps_tile<2>(job, item, tile, scratch, channel, time, ahead);
    }
    if (channel < job->outputs) taps_tile<1>(job, item, tile, scratch, channel, time, ahead);
}
