// The weight gradient of one item: accumulators in registers, summed in float over one tile of one
// time slice, over tiles in double.

template <class T>
static void pack_gradient(const Job* job, const Item* item, const Tile& tile, int64_t time,
                          float* to) {
    const Strides& by = job->target_strides;
    for (int64_t c = 0; c < job->outputs; ++c) {
        const int64_t base = item->n * by.n + (item->group * job->outputs + c) * by.c +
                             time * by.t + tile.row * by.y + tile.column;
        for (int64_t r = 0; r < job->gradient_rows; ++r, to += job->gradient_pitch) {
            const int64_t row = r - job->gradient_border;
            if (row < 0 || row >= tile.rows) {
                clear(to, job->gradient_pitch);
                continue;
            }
            const int64_t at = base + row * by.y;
            const T* from = static_cast<const T*>(job->gradient) + at;
            const T* kept =
                job->gradient_mask ? static_cast<const T*>(job->gradient_mask) + at : nullptr;
            pack_line(job, to, from, kept, tile.columns, 0, 1, job->gradient_pitch);
        }
    }
}

static void add_bias(const Job* job, const float* gradient, double* sums) {
    const int64_t plane = job->gradient_rows * job->gradient_pitch;
    for (int64_t c = 0; c < job->outputs; ++c) {
        Vec total = zero();
        for (int64_t i = 0; i < plane; i += LANES) total = add(total, load(gradient + c * plane + i));
        sums[c] += static_cast<double>(sum(total));
    }
}

// NB output channels times NT taps: every gradient vector meets every shifted source vector.
template <int NB, int NT>
static void outer_block(const Job* job, const Tile& tile, const float* source, const float* gradient,
                        const int64_t* offset, double* sums, int64_t channel_step) {
    const int64_t plane = job->gradient_rows * job->gradient_pitch;
    Vec totals[NB][NT];
#pragma GCC unroll 8
    for (int b = 0; b < NB; ++b) {
#pragma GCC unroll 8
        for (int k = 0; k < NT; ++k) totals[b][k] = zero();
    }
    for (int64_t row = 0; row < tile.rows; ++row) {
        const float* g = gradient + (row + job->gradient_border) * job->gradient_pitch;
        const float* x = source + row * job->y.step * job->pitch;
        for (int64_t column = 0; column < tile.columns; column += LANES) {
            Vec left[NB];
#pragma GCC unroll 8
            for (int b = 0; b < NB; ++b) left[b] = load(g + b * plane + column);
#pragma GCC unroll 8
            for (int k = 0; k < NT; ++k) {
                Vec value = load(x + column + offset[k]);
                keep(value);
#pragma GCC unroll 8
                for (int b = 0; b < NB; ++b) totals[b][k] = fma(left[b], value, totals[b][k]);
            }
        }
    }
    for (int b = 0; b < NB; ++b) {
        for (int k = 0; k < NT; ++k) {
            sums[b * channel_step + k] += static_cast<double>(sum(totals[b][k]));
        }
    }
}

constexpr int MOST_TAPS = REGISTERS >= 32 ? 6 : 5;
constexpr int MOST_GRADIENTS = REGISTERS >= 32 ? 4 : 2;

// The taps of one source plane, in blocks of about the same size.
template <int NB>
static void outer_plane(const Job* job, const Tile& tile, const float* source, const float* gradient,
                        double* sums, int64_t channel_step) {
    const int64_t taps = job->y.taps * job->x.taps;
    const int64_t blocks = (taps + MOST_TAPS - 1) / MOST_TAPS;
    for (int64_t block = 0; block < blocks; ++block) {
        const int64_t first = block * taps / blocks;
        const int64_t* at = job->tap_offset + first;
        double* to = sums + first;
        switch ((block + 1) * taps / blocks - first) {
        case 6:
            if constexpr (MOST_TAPS >= 6) {
                outer_block<NB, 6>(job, tile, source, gradient, at, to, channel_step);
            }
            break;
        case 5: outer_block<NB, 5>(job, tile, source, gradient, at, to, channel_step); break;
        case 4: outer_block<NB, 4>(job, tile, source, gradient, at, to, channel_step); break;
        case 3: outer_block<NB, 3>(job, tile, source, gradient, at, to, channel_step); break;
        case 2: outer_block<NB, 2>(job, tile, source, gradient, at, to, channel_step); break;
        default: outer_block<NB, 1>(job, tile, source, gradient, at, to, channel_step); break;
        }
    }
}

static void outer_all(const Job* job, const Tile& tile, const float* source, const float* gradient,
                      double* sums, int64_t channel_step) {
    const int64_t plane = job->gradient_rows * job->gradient_pitch;
    int64_t c = 0;
    for (; c + MOST_GRADIENTS <= job->outputs; c += MOST_GRADIENTS) {
        outer_plane<MOST_GRADIENTS>(job, tile, source, gradient + c * plane, sums + c * channel_step,
                                    channel_step);
    }
    for (; c < job->outputs; ++c) {
        outer_plane<1>(job, tile, source, gradient + c * plane, sums + c * channel_step,
                       channel_step);
    }
}

// KH x KB taps of one source plane and one channel: KH rows of the gradient roll through registers,
// so that one load of the source feeds KH multiply-adds.
template <int KH, int KB>
static void rolling_block(const Job* job, const Tile& tile, const float* source,
                          const float* gradient, int64_t kx, double* sums) {
    Vec totals[KH][KB];
#pragma GCC unroll 8
    for (int ky = 0; ky < KH; ++ky) {
#pragma GCC unroll 8
        for (int k = 0; k < KB; ++k) totals[ky][k] = zero();
    }
    const int64_t* offset = job->column_offset + kx;
    for (int64_t column = 0; column < tile.columns; column += LANES) {
        const float* g = gradient + (KH - 1) * job->gradient_pitch + column;
        const float* x = source + column;
        Vec rows[KH]; // rows[i] holds the gradient's row r for r % KH == i
#pragma GCC unroll 8
        for (int i = 0; i < KH; ++i) rows[i] = zero();
        for (int64_t r = 0; r < tile.rows + KH - 1; r += KH) {
#pragma GCC unroll 8
            for (int i = 0; i < KH; ++i, g += job->gradient_pitch, x += job->pitch) {
                rows[i] = load(g);
#pragma GCC unroll 8
                for (int k = 0; k < KB; ++k) {
                    Vec value = load(x + offset[k]);
                    keep(value);
#pragma GCC unroll 8
                    for (int ky = 0; ky < KH; ++ky) {
                        totals[ky][k] = fma(rows[(i - ky + KH) % KH], value, totals[ky][k]);
                    }
                }
            }
        }
    }
    for (int ky = 0; ky < KH; ++ky) {
        for (int k = 0; k < KB; ++k) {
            sums[ky * job->x.taps + kx + k] += static_cast<double>(sum(totals[ky][k]));
        }
    }
}

template <int KH, int MOST>
static void rolling_plane(const Job* job, const Tile& tile, const float* source,
                          const float* gradient, double* sums) {
    int64_t kx = 0;
    for (; kx + MOST <= job->x.taps; kx += MOST) {
        rolling_block<KH, MOST>(job, tile, source, gradient, kx, sums);
    }
    for (; kx < job->x.taps; ++kx) {
        rolling_block<KH, 1>(job, tile, source, gradient, kx, sums);
    }
}

static void rolling_all(const Job* job, const Tile& tile, const float* source, const float* gradient,
                        double* sums, int64_t channel_step) {
    const int64_t plane = job->gradient_rows * job->gradient_pitch;
    for (int64_t c = 0; c < job->outputs; ++c, gradient += plane, sums += channel_step) {
        if (job->rows_family == 3) {
            rolling_plane<3, 3>(job, tile, source, gradient, sums);
        } else {
            rolling_plane<5, REGISTERS >= 32 ? 5 : 2>(job, tile, source, gradient, sums);
        }
    }
}

static void weigh(const Job* job, const Item* item, float* scratch, double* sums) {
    const Tile tile = tile_of(job, item);
    float* gradient = scratch + job->ring * job->inputs * job->plane;
    const int64_t taps = job->y.taps * job->x.taps;
    const int64_t channel_step = job->inputs * job->t.taps * taps;
    int64_t packed = 0;
    for (int64_t time = tile.begin; time < tile.end; ++time) {
        const int64_t low = time * job->t.step + job->t.lowest;
        packed = pack_until(job, item, packed, low, low + job->t.span - 1, scratch);
        if (job->bfloat16) {
            pack_gradient<uint16_t>(job, item, tile, time, gradient);
        } else {
            pack_gradient<float>(job, item, tile, time, gradient);
        }
        if (job->want_bias) add_bias(job, gradient, sums + job->outputs * channel_step);
        for (int64_t kz = 0; kz < job->t.taps; ++kz) {
            const int64_t slice = time * job->t.step + job->t.offset[kz];
            if (slice < 0 || slice >= job->t.input) continue;
            const float* source = slice_at(job, scratch, slice);
            for (int64_t c = 0; c < job->inputs; ++c, source += job->plane) {
                double* to = sums + (c * job->t.taps + kz) * taps;
                if (job->rows_family) {
                    rolling_all(job, tile, source, gradient, to, channel_step);
                } else {
                    outer_all(job, tile, source, gradient, to, channel_step);
                }
            }
        }
    }
}
