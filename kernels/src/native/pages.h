// Large pages for memory about to be written for the first time.
#pragma once

#include <cstddef>

// Asks for large pages in the part of [memory, memory + bytes) that they can cover; a hint only.
// Faults on small pages cost more than the arithmetic of a convolution with few channels.
void prefer_large_pages(void* memory, size_t bytes);
