// The convolution as its definition says, in double; nothing is fast here.
#pragma once

#include "convwise_kernels.h"

struct Problem {
    ConvwiseShape shape;
    const float *x, *w, *bias, *gradient, *mask;
};

struct Answers {
    double *y, *x_gradient, *w_gradient, *bias_gradient;
};

// Every multiplication of a convolution adds to all three: visits them once. `absolute` sums
// absolute values instead, which rounding errors scale with.
void reference(const Problem& problem, bool absolute, Answers answers);
