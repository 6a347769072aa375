// The convolution as its definition says, in double; nothing is fast here.
#include "reference.h"

#include <cmath>

namespace {

// The element along one axis, or -1 for a zero.
int64_t element(const ConvwiseShape& s, int axis, int64_t at) {
    const int64_t size = s.input[axis];
    if (at >= 0 && at < size) return at;
    if (s.mode == CONVWISE_REPLICATE) return at < 0 ? 0 : size - 1;
    if (s.mode == CONVWISE_CIRCULAR) return at < 0 ? at + size : at - size;
    if (s.mode == CONVWISE_REFLECT) return at < 0 ? -at : 2 * size - 2 - at;
    return -1;
}

double activated(const ConvwiseShape& s, double v) {
    switch (s.activation) {
    case CONVWISE_RELU: return v < 0.0 ? 0.0 : v;
    case CONVWISE_LEAKY_RELU: return v < 0.0 ? s.slope * v : v;
    case CONVWISE_TANH: return std::tanh(v);
    case CONVWISE_SILU: return v / (1.0 + std::exp(-v));
    case CONVWISE_GELU: return v * 0.5 * std::erfc(-v * std::sqrt(0.5));
    case CONVWISE_GELU_TANH:
        return v * 0.5 * (1.0 + std::tanh(std::sqrt(2.0 / std::acos(-1.0)) * (v + 0.044715 * v * v * v)));
    default: return v;
    }
}

// Of those activations whose output tells their derivative.
double derivative(const ConvwiseShape& s, double kept) {
    if (s.activation == CONVWISE_TANH) return 1.0 - kept * kept;
    if (kept > 0.0) return 1.0;
    return s.activation == CONVWISE_RELU ? 0.0 : s.slope;
}

struct Place {
    int64_t n, output, group;
    int64_t at[3];
};

// The index of one element of an N C T H W tensor.
int64_t index(int64_t n, int64_t channels, int64_t c, const int64_t size[3], const int64_t at[3]) {
    return (((n * channels + c) * size[0] + at[0]) * size[1] + at[1]) * size[2] + at[2];
}

double value(float v, bool absolute) { return absolute ? std::fabs(v) : v; }

void visit(const Problem& problem, bool absolute, const Answers& to, const Place& place) {
    const ConvwiseShape& s = problem.shape;
    const int64_t inputs = s.inputs / s.groups;
    const int64_t y_index = index(place.n, s.outputs, place.output, s.output, place.at);
    const double factor = problem.mask ? derivative(s, problem.mask[y_index]) : 1.0;
    const double g = value(problem.gradient[y_index], absolute) * (absolute ? std::fabs(factor) : factor);
    double sum = problem.bias ? value(problem.bias[place.output], absolute) : 0.0;
    for (int64_t c = 0; c < inputs; ++c) {
        for (int64_t k = 0; k < s.kernel[0] * s.kernel[1] * s.kernel[2]; ++k) {
            const int64_t tap[3] = {k / s.kernel[2] / s.kernel[1], k / s.kernel[2] % s.kernel[1],
                                    k % s.kernel[2]};
            int64_t in[3];
            bool inside = true;
            for (int a = 0; a < 3; ++a) {
                in[a] = element(s, a, place.at[a] * s.stride[a] + tap[a] * s.dilation[a] - s.padding[a]);
                inside = inside && in[a] >= 0;
            }
            if (!inside) continue;
            const int64_t x_index = index(place.n, s.inputs, place.group * inputs + c, s.input, in);
            const int64_t w_index = index(place.output, inputs, c, s.kernel, tap);
            const double x = value(problem.x[x_index], absolute);
            const double w = value(problem.w[w_index], absolute);
            sum += x * w;
            to.x_gradient[x_index] += g * w;
            to.w_gradient[w_index] += g * x;
        }
    }
    to.y[y_index] = absolute ? sum : activated(s, sum);
    to.bias_gradient[place.output] += g;
}

} // namespace

void reference(const Problem& problem, bool absolute, Answers answers) {
    const ConvwiseShape& s = problem.shape;
    const int64_t per_group = s.outputs / s.groups;
    for (int64_t n = 0; n < s.batch; ++n) {
        for (int64_t o = 0; o < s.outputs; ++o) {
            for (int64_t t = 0; t < s.output[0]; ++t) {
                for (int64_t y = 0; y < s.output[1]; ++y) {
                    for (int64_t x = 0; x < s.output[2]; ++x) {
                        visit(problem, absolute, answers, {n, o, o / per_group, {t, y, x}});
                    }
                }
            }
        }
    }
}
