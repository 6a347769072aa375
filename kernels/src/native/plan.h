// From a convolution's sizes to jobs: axes, tiles and packed weights.
#pragma once

#include <vector>

#include "convwise_kernels.h"
#include "problem.h"

// The taps of one axis that belong to one job, ascending, with the kernel's index of each.
struct Taps {
    std::vector<int64_t> offset;
    std::vector<int64_t> index;
};

// Where a weight of output channel o, input channel i lies: group * g + o * out + i * in + taps.
struct WeightStrides {
    int64_t group, out, in;
};

// A job together with what its pointers point to.
struct Plan {
    Job job{};
    Taps taps[3];
    std::vector<int64_t> maps[3];
    std::vector<int64_t> tap_offset, column_offset;
    std::vector<float> weights;
};

// For each place of the padded axis the element that lies there; empty where zeros do.
std::vector<int64_t> border_map(const ConvwiseShape& shape, int axis);
// The axis as if every place of the map lay in memory.
ConvwiseShape with_border(const ConvwiseShape& shape, int axis, const std::vector<int64_t>& map);
bool fits(const ConvwiseShape& shape);
Taps forward_taps(const ConvwiseShape& shape, int axis);
// Input positions phase + stride * j read gradient j + offset.
Taps gradient_taps(const ConvwiseShape& shape, int axis, int64_t phase);
Axis axis_of(const Taps& taps, int64_t input, int64_t output, int64_t step);

enum class Kind { correlation, weight_gradient };

// Family, tiles and offsets, once the axes and channels of plan.job are set.
void lay_out(Plan& plan, const Level& level, Kind kind, int64_t threads);
void pack_weights(Plan& plan, const Level& level, const ConvwiseShape& shape, const float* weights,
                  const WeightStrides& by);
