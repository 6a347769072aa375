// The plain data that the driver hands to the compiled levels; no functions, so that no inline code
// is shared between translation units built for different instruction sets.
#pragma once

#include <cstdint>

// Along one axis, output index o and tap k read input index o * step + offset[k];
// offsets ascend. `span` is the distance from the lowest to one past the highest offset.
// Outside [0, input) are zeros. Where there is a map, the `input` places are those of a padded axis,
// of which `inside` lie in memory, `border` places after the first; map names one for each place.
struct Axis {
    int64_t input;
    int64_t output;
    int64_t step;
    int64_t taps;
    const int64_t* offset;
    int64_t lowest;
    int64_t span;
    const int64_t* map;
    int64_t border, inside;
};

// Strides in elements; `x` is 1 for every source.
struct Strides {
    int64_t n, c, t, y, x;
};

struct Job {
    Axis t, y, x;
    int64_t batch, groups;
    int64_t inputs, outputs; // channels per group

    int32_t bfloat16;   // how source, masks, gradient, target and activated lie in memory
    int32_t clamp;      // sums below 0 become 0 (ReLU)
    int32_t activation; // what `activated` or the masks are about: CONVWISE_NONE, ...
    float slope;

    const void* source;
    const void* mask; // where not null: source is multiplied by the activation's derivative there
    Strides source_strides;

    void* target;    // sums and bias
    void* activated; // where not null: the activation of the target's tiles, perhaps in its place
    Strides target_strides;
    int32_t stream;  // the target is large and its rows begin at lines of the cache: written past it
    const float* bias;

    // Weights as the chosen family reads them, group by group.
    const float* weights;
    int64_t group_weights;
    int32_t rows_family; // 0: taps; otherwise the kernel's height, unrolled over output rows
    int32_t pair_steps;  // two output times in one pass

    // The weight gradient's other factor, laid out by target_strides, and its mask.
    const void* gradient;
    const void* gradient_mask;
    int32_t want_bias;

    int64_t tile_rows, tile_columns, tiles_y, tiles_x, chunk, chunks;
    // Scratch: `ring` time slices of `inputs` planes of slice_rows x pitch floats.
    int64_t ring, slice_rows, phase_pitch, pitch, plane;
    const int64_t* tap_offset;    // [y.taps][x.taps], floats from a window's first row and column
    const int64_t* column_offset; // [x.taps]
    // Scratch of the weight gradient: `outputs` planes of gradient_rows x gradient_pitch.
    int64_t gradient_rows, gradient_pitch, gradient_border;
    int64_t scratch_floats;
};

struct Item {
    int64_t n, group, tile_y, tile_x, chunk;
};

// What one instruction set offers. `sums` is [outputs][inputs][t][y][x] of the item's group,
// followed by [outputs] sums of the gradient where want_bias.
struct Level {
    const char* name;
    int32_t lanes;
    int32_t registers;
    int32_t most_outputs; // largest block of output channels in registers
    int32_t rows;         // output rows in registers of the rows family
    int32_t pairs;        // whether the rows family takes two output times at once
    void (*correlate)(const Job*, const Item*, float* scratch);
    void (*weigh)(const Job*, const Item*, float* scratch, double* sums);
    int64_t (*multiply_adds)(int64_t rounds, float* sink); // how many it did
};

extern "C" {
extern const Level convwise_level_avx512;
extern const Level convwise_level_avx2;
extern const Level convwise_level_neon;
extern const Level convwise_level_portable;
}
