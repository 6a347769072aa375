// From a convolution's sizes to jobs: axes, tiles and packed weights. Computes no output.
#include "plan.h"

#include <algorithm>

namespace {

constexpr int64_t SCRATCH_BYTES = 640 * 1024; // stays in a second-level cache of 1 MiB
constexpr int64_t WIDEST = 16;                // lanes of the widest level

int64_t rounded(int64_t value, int64_t to) { return (value + to - 1) / to * to; }

int64_t parts(int64_t value, int64_t size) { return std::max<int64_t>(1, (value + size - 1) / size); }

bool neighbours(const Axis& axis) {
    return axis.step == 1 && axis.taps > 0 && axis.span == axis.taps;
}

// The kernel height that the rows family unrolls, or 0 for the taps family.
int32_t family(const Job& job, const Level& level, Kind kind) {
    const bool known = job.y.taps == 3 || job.y.taps == 5 || (job.y.taps == 7 && kind == Kind::correlation);
    const bool enough = job.outputs < level.most_outputs / 2 && job.y.output >= level.rows / 2;
    return known && enough && neighbours(job.y) && job.x.taps > 0 && job.t.taps > 0
               ? static_cast<int32_t>(job.y.taps)
               : 0;
}

void lay_out_rows(Job& job, const Level& level, Kind kind) {
    const int64_t window = (job.tile_rows - 1) * job.y.step + job.y.span;
    job.slice_rows = window;
    job.gradient_border = 0;
    job.gradient_rows = job.tile_rows;
    if (job.rows_family && kind == Kind::correlation) {
        job.slice_rows = rounded(job.tile_rows, level.rows) + job.y.taps - 1;
    }
    if (job.rows_family && kind == Kind::weight_gradient) {
        job.slice_rows = rounded(window, job.y.taps);
        job.gradient_border = job.y.taps - 1;
        job.gradient_rows = job.slice_rows + job.gradient_border;
    }
}

void lay_out_scratch(Job& job, const Level& level, Kind kind) {
    lay_out_rows(job, level, kind);
    const int64_t columns = rounded(job.tile_columns, WIDEST);
    job.phase_pitch = columns + (job.x.span - 1) / job.x.step;
    job.pitch = rounded(job.x.step * job.phase_pitch, WIDEST);
    if (job.pitch % 128 == 0) job.pitch += WIDEST; // rows a power of two apart share cache sets
    job.plane = job.slice_rows * job.pitch;
    job.ring = job.t.span + (job.pair_steps ? 1 : 0);
    job.gradient_pitch = columns;
    job.scratch_floats = job.ring * job.inputs * job.plane + WIDEST;
    if (kind == Kind::weight_gradient) {
        job.scratch_floats += job.outputs * job.gradient_rows * job.gradient_pitch;
    }
}

void choose_tile(Job& job, const Level& level, Kind kind) {
    // Long rows: memory is read in long runs.
    int64_t rows = 16;
    int64_t columns = 512 * std::min<int64_t>(16, parts(16, std::max<int64_t>(1, job.y.output)));
    for (;;) {
        const int64_t step = job.rows_family && kind == Kind::correlation ? level.rows : 1;
        const int64_t down = parts(job.y.output, rows);
        const int64_t across = parts(job.x.output, columns);
        job.tile_rows = std::min(rounded((job.y.output + down - 1) / down, step), rounded(rows, step));
        job.tile_columns = rounded((job.x.output + across - 1) / across, WIDEST);
        lay_out_scratch(job, level, kind);
        if (job.scratch_floats * 4 <= SCRATCH_BYTES || (rows <= 8 && columns <= 64)) break;
        if (columns > 128 || rows <= 8) {
            columns /= 2;
        } else {
            rows /= 2;
        }
    }
    job.tiles_y = parts(job.y.output, job.tile_rows);
    job.tiles_x = parts(job.x.output, job.tile_columns);
}

// Time is cut where there are too few tiles for the threads; each cut packs a few slices twice.
void choose_chunks(Job& job, int64_t threads) {
    const int64_t items = job.batch * job.groups * job.tiles_y * job.tiles_x;
    const int64_t wanted = threads > 1 && items > 0 ? parts(4 * threads, items) : 1;
    const int64_t most = std::max<int64_t>(1, job.t.output / (2 * job.t.span));
    const int64_t cuts = std::min(wanted, most);
    job.chunk = std::max<int64_t>(1, (job.t.output + cuts - 1) / cuts);
    job.chunks = parts(job.t.output, job.chunk);
}

// The places of the padded axis that outputs read.
int64_t places(const ConvwiseShape& shape, int axis) {
    const int64_t read = (shape.output[axis] - 1) * shape.stride[axis] +
                         shape.dilation[axis] * (shape.kernel[axis] - 1) + 1;
    return std::max(read, shape.padding[axis] + shape.input[axis]);
}

// Reflection does not repeat the last element, and a turn ends where it began.
bool border_fits(const ConvwiseShape& shape, int axis) {
    const int64_t after = places(shape, axis) - shape.padding[axis] - shape.input[axis];
    const int64_t most = std::max(shape.padding[axis], after);
    if (shape.mode == CONVWISE_REFLECT) return most < shape.input[axis];
    return shape.mode != CONVWISE_CIRCULAR || most <= shape.input[axis];
}

int64_t wrapped(int64_t mode, int64_t at, int64_t size) {
    if (mode == CONVWISE_REPLICATE) return std::min(std::max<int64_t>(at, 0), size - 1);
    if (mode == CONVWISE_CIRCULAR) return (at + size) % size;
    return at < 0 ? -at : at < size ? at : 2 * (size - 1) - at;
}

} // namespace

std::vector<int64_t> border_map(const ConvwiseShape& shape, int axis) {
    std::vector<int64_t> map;
    const int64_t all = places(shape, axis);
    if (shape.mode == CONVWISE_ZEROS || all == shape.input[axis]) return map;
    for (int64_t place = 0; place < all; ++place) {
        map.push_back(wrapped(shape.mode, place - shape.padding[axis], shape.input[axis]));
    }
    return map;
}

ConvwiseShape with_border(const ConvwiseShape& shape, int axis, const std::vector<int64_t>& map) {
    ConvwiseShape padded = shape;
    if (!map.empty()) {
        padded.input[axis] = static_cast<int64_t>(map.size());
        padded.padding[axis] = 0;
    }
    return padded;
}

bool fits(const ConvwiseShape& shape) {
    if (shape.batch < 0 || shape.groups < 1 || shape.inputs < 1 || shape.outputs < 1) return false;
    if (shape.mode < CONVWISE_ZEROS || shape.mode > CONVWISE_CIRCULAR) return false;
    if (shape.storage < CONVWISE_FLOAT32 || shape.storage > CONVWISE_BFLOAT16) return false;
    if (shape.activation < CONVWISE_NONE || shape.activation > CONVWISE_GELU_TANH) return false;
    if (!(shape.slope >= 0.0)) return false;
    if (shape.inputs % shape.groups || shape.outputs % shape.groups) return false;
    for (int axis = 0; axis < 3; ++axis) {
        if (shape.input[axis] < 1 || shape.output[axis] < 1 || shape.kernel[axis] < 1) return false;
        if (shape.stride[axis] < 1 || shape.dilation[axis] < 1 || shape.padding[axis] < 0) return false;
        if (!border_fits(shape, axis)) return false;
    }
    return true;
}

Taps forward_taps(const ConvwiseShape& shape, int axis) {
    Taps taps;
    for (int64_t k = 0; k < shape.kernel[axis]; ++k) {
        taps.offset.push_back(k * shape.dilation[axis] - shape.padding[axis]);
        taps.index.push_back(k);
    }
    return taps;
}

Taps gradient_taps(const ConvwiseShape& shape, int axis, int64_t phase) {
    Taps taps;
    for (int64_t k = shape.kernel[axis] - 1; k >= 0; --k) {
        const int64_t at = phase + shape.padding[axis] - k * shape.dilation[axis];
        if (at % shape.stride[axis]) continue;
        taps.offset.push_back(at / shape.stride[axis]);
        taps.index.push_back(k);
    }
    return taps;
}

Axis axis_of(const Taps& taps, int64_t input, int64_t output, int64_t step) {
    Axis axis{input, output, step, static_cast<int64_t>(taps.offset.size()), taps.offset.data(),
              0,     1,      nullptr, 0, input};
    if (axis.taps) {
        axis.lowest = taps.offset.front();
        axis.span = taps.offset.back() - axis.lowest + 1;
    }
    return axis;
}

void lay_out(Plan& plan, const Level& level, Kind kind, int64_t threads) {
    Job& job = plan.job;
    job.rows_family = family(job, level, kind);
    job.pair_steps = job.rows_family && kind == Kind::correlation && level.pairs == 2 &&
                     neighbours(job.t) && job.t.output > 1;
    choose_tile(job, level, kind);
    choose_chunks(job, threads);
    for (int64_t kx = 0; kx < job.x.taps; ++kx) {
        const int64_t away = job.x.offset[kx] - job.x.lowest;
        plan.column_offset.push_back(away % job.x.step * job.phase_pitch + away / job.x.step);
    }
    for (int64_t ky = 0; ky < job.y.taps; ++ky) {
        for (int64_t kx = 0; kx < job.x.taps; ++kx) {
            const int64_t row = job.y.offset[ky] - job.y.lowest;
            plan.tap_offset.push_back(row * job.pitch + plan.column_offset[kx]);
        }
    }
    job.tap_offset = plan.tap_offset.data();
    job.column_offset = plan.column_offset.data();
}

void pack_weights(Plan& plan, const Level& level, const ConvwiseShape& shape, const float* weights,
                  const WeightStrides& by) {
    Job& job = plan.job;
    const int64_t area = job.y.taps * job.x.taps;
    const int64_t per_output = job.inputs * job.t.taps * area;
    job.group_weights = job.outputs * per_output;
    plan.weights.resize(static_cast<size_t>(job.groups * job.group_weights));
    float* to = plan.weights.data();
    for (int64_t g = 0; g < job.groups; ++g) {
        for (int64_t first = 0, block; first < job.outputs; first += block) {
            block = job.rows_family ? 1 : level.most_outputs;
            while (first + block > job.outputs) block /= 2;
            for (int64_t at = 0; at < per_output; ++at) {
                const int64_t tap = at % area;
                const int64_t kz = at / area % job.t.taps, c = at / area / job.t.taps;
                const int64_t ky = job.rows_family ? tap % job.y.taps : tap / job.x.taps;
                const int64_t kx = job.rows_family ? tap / job.y.taps : tap % job.x.taps;
                const int64_t place = (plan.taps[0].index[kz] * shape.kernel[1] +
                                       plan.taps[1].index[ky]) * shape.kernel[2] +
                                      plan.taps[2].index[kx];
                const float* from = weights + g * by.group + c * by.in + place;
                for (int64_t b = 0; b < block; ++b) *to++ = from[(first + b) * by.out];
            }
        }
    }
    job.weights = plan.weights.data();
}
