// Gradients of a padded border back to the elements that it repeats.
#pragma once

#include "convwise_kernels.h"

// A box of the padded input: where it begins and its size.
struct Box {
    int64_t begin[3], size[3];
};

// Adds the gradients of planes [first, last) of one box, each plane one example's one channel, to
// those of the elements that the maps name (an empty map: the places themselves).
void fold(const Box& box, const int64_t* const maps[3], const int64_t input[3], int64_t storage,
          int64_t first, int64_t last, const void* from, void* to);
