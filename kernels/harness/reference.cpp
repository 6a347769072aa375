// The convolution as its definition says, in double; nothing is fast here.
#include "reference.h"

#include <cmath>

namespace {

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
    const bool off = problem.mask && problem.mask[y_index] <= 0.0f;
    const double g = off ? 0.0 : value(problem.gradient[y_index], absolute);
    double sum = problem.bias ? value(problem.bias[place.output], absolute) : 0.0;
    for (int64_t c = 0; c < inputs; ++c) {
        for (int64_t k = 0; k < s.kernel[0] * s.kernel[1] * s.kernel[2]; ++k) {
            const int64_t tap[3] = {k / s.kernel[2] / s.kernel[1], k / s.kernel[2] % s.kernel[1],
                                    k % s.kernel[2]};
            int64_t in[3];
            bool inside = true;
            for (int a = 0; a < 3; ++a) {
                in[a] = place.at[a] * s.stride[a] + tap[a] * s.dilation[a] - s.padding[a];
                inside = inside && in[a] >= 0 && in[a] < s.input[a];
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
    to.y[y_index] = problem.relu && !absolute && sum < 0.0 ? 0.0 : sum;
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
