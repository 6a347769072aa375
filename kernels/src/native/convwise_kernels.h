// The C interface of the kernels. All tensors are contiguous float32, N C T H W; 1-D and 2-D
// convolutions are those whose first axes have size 1. Return values: 0 done, 1 out of memory,
// 2 sizes that do not fit together, 3 no such level on this processor.
#pragma once

#include <stdint.h>

#ifdef _WIN32
#define CONVWISE_EXPORT __declspec(dllexport)
#else
#define CONVWISE_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int64_t batch, groups, inputs, outputs; // channels of the whole tensors
    int64_t input[3], output[3], kernel[3], stride[3], dilation[3];
    int64_t padding[3]; // zeros before the first element; those after follow from `output`
} ConvwiseShape;

// Calls body(begin, end, context) for parts of [begin, end), on several threads where it has them.
typedef void (*ConvwiseBody)(int64_t begin, int64_t end, void* context);
typedef int32_t (*ConvwiseParallelFor)(int64_t begin, int64_t end, int64_t grain, ConvwiseBody body,
                                       void* context);

// Whose threads to use (torch_parallel_for of the loaded libtorch); without it, the caller's only.
CONVWISE_EXPORT void convwise_use_threads(ConvwiseParallelFor parallel);

// The level in use; null where CONVWISE_KERNELS_LEVEL names none of this processor's.
CONVWISE_EXPORT const char* convwise_level(void);
// The levels of this processor, best first; null behind the last.
CONVWISE_EXPORT const char* convwise_level_at(int32_t place);
CONVWISE_EXPORT int32_t convwise_force_level(const char* name);

CONVWISE_EXPORT int32_t convwise_forward(const ConvwiseShape* shape, const float* x, const float* w,
                                         const float* bias, float* y, int32_t relu,
                                         int64_t threads);
// `mask`: the output of a fused ReLU, or null; the gradient counts as zero where mask <= 0.
CONVWISE_EXPORT int32_t convwise_input_gradient(const ConvwiseShape* shape, const float* gradient,
                                                const float* mask, const float* w, float* x_gradient,
                                                int64_t threads);
// `bias_gradient` may be null.
CONVWISE_EXPORT int32_t convwise_weight_gradient(const ConvwiseShape* shape, const float* gradient,
                                                 const float* mask, const float* x,
                                                 float* w_gradient, float* bias_gradient,
                                                 int64_t threads);

#ifdef __cplusplus
}
#endif
