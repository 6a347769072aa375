// The C interface of the kernels. All tensors are contiguous, N C T H W, of the shape's storage;
// weights and biases, and their gradients, are float32 always. 1-D and 2-D convolutions are those
// whose first axes have size 1. Return values: 0 done, 1 out of memory, 2 sizes that do not fit
// together, 3 no such level on this processor.
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

// What lies around the input.
enum { CONVWISE_ZEROS = 0, CONVWISE_REFLECT = 1, CONVWISE_REPLICATE = 2, CONVWISE_CIRCULAR = 3 };
// How elements lie in memory; sums are float32 always.
enum { CONVWISE_FLOAT32 = 0, CONVWISE_BFLOAT16 = 1 };
// What follows the sums.
enum {
    CONVWISE_NONE = 0,
    CONVWISE_RELU = 1,
    CONVWISE_LEAKY_RELU = 2,
    CONVWISE_TANH = 3,
    CONVWISE_SILU = 4,
    CONVWISE_GELU = 5,
    CONVWISE_GELU_TANH = 6
};

typedef struct {
    int64_t batch, groups, inputs, outputs; // channels of the whole tensors
    int64_t input[3], output[3], kernel[3], stride[3], dilation[3];
    int64_t padding[3]; // places before the first element; those after follow from `output`
    int64_t mode, storage, activation;
    double slope; // of LeakyReLU, at least 0
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
// Multiply-adds in registers only, on so many threads; how many were done, for timing.
CONVWISE_EXPORT int64_t convwise_multiply_adds(int64_t rounds, int64_t threads);

// `before` may be null; else it gets what the activation is applied to.
CONVWISE_EXPORT int32_t convwise_forward(const ConvwiseShape* shape, const void* x, const float* w,
                                         const float* bias, void* y, void* before, int64_t threads);
// `mask`: the output of the fused activation, or null; the gradient is multiplied by the
// activation's derivative there, for those activations whose output tells it (ReLU, LeakyReLU, tanh).
CONVWISE_EXPORT int32_t convwise_input_gradient(const ConvwiseShape* shape, const void* gradient,
                                                const void* mask, const float* w, void* x_gradient,
                                                int64_t threads);
// `bias_gradient` may be null.
CONVWISE_EXPORT int32_t convwise_weight_gradient(const ConvwiseShape* shape, const void* gradient,
                                                 const void* mask, const void* x,
                                                 float* w_gradient, float* bias_gradient,
                                                 int64_t threads);

#ifdef __cplusplus
}
#endif
