// Large pages for memory about to be written for the first time; nothing on systems without the hint.
#include "pages.h"

#ifdef __linux__
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#endif

#ifdef __linux__
namespace {

constexpr uintptr_t LARGE_PAGE = 2 * 1024 * 1024;

bool wanted() {
    static const bool yes = [] {
        const char* said = std::getenv("CONVWISE_KERNELS_LARGE_PAGES");
        return !said || std::strcmp(said, "0");
    }();
    return yes;
}

} // namespace

void prefer_large_pages(void* memory, size_t bytes) {
    const uintptr_t begin = reinterpret_cast<uintptr_t>(memory);
    const uintptr_t first = (begin + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    const uintptr_t end = (begin + bytes) / LARGE_PAGE * LARGE_PAGE;
    if (first < end && wanted()) madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}
#else
void prefer_large_pages(void*, size_t) {}
#endif
