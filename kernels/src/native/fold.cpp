// Gradients of a padded border back to the elements that it repeats; plain loops, since borders are
// thin.
#include "fold.h"

#include <cstring>

namespace {

float sum_of(float a, float b) { return a + b; }

float widened(uint16_t half) {
    const uint32_t bits = static_cast<uint32_t>(half) << 16;
    float wide;
    std::memcpy(&wide, &bits, sizeof wide);
    return wide;
}

// To the nearest, to even where two are as near; a NaN stays one.
uint16_t sum_of(uint16_t a, uint16_t b) {
    const float sum = widened(a) + widened(b);
    uint32_t bits;
    std::memcpy(&bits, &sum, sizeof bits);
    const uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    return static_cast<uint16_t>(sum == sum ? rounded : (bits >> 16) | 0x40u);
}

int64_t element(const int64_t* map, int64_t place) { return map ? map[place] : place; }

template <class T>
void fold_planes(const Box& box, const int64_t* const maps[3], const int64_t input[3], int64_t first,
                 int64_t last, const T* from, T* to) {
    from += first * box.size[0] * box.size[1] * box.size[2];
    for (int64_t plane = first; plane < last; ++plane) {
        for (int64_t t = 0; t < box.size[0]; ++t) {
            const int64_t slice = plane * input[0] + element(maps[0], box.begin[0] + t);
            for (int64_t y = 0; y < box.size[1]; ++y) {
                const int64_t row = slice * input[1] + element(maps[1], box.begin[1] + y);
                T* line = to + row * input[2];
                for (int64_t x = 0; x < box.size[2]; ++x, ++from) {
                    const int64_t at = element(maps[2], box.begin[2] + x);
                    line[at] = sum_of(line[at], *from);
                }
            }
        }
    }
}

} // namespace

void fold(const Box& box, const int64_t* const maps[3], const int64_t input[3], int64_t storage,
          int64_t first, int64_t last, const void* from, void* to) {
    if (storage == CONVWISE_BFLOAT16) {
        fold_planes(box, maps, input, first, last,
                    static_cast<const uint16_t*>(from), static_cast<uint16_t*>(to));
    } else {
        fold_planes(box, maps, input, first, last, static_cast<const float*>(from),
                    static_cast<float*>(to));
    }
}
