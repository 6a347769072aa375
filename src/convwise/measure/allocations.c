/* Counts the bytes that a process takes from the C library; loaded in front of it (LD_PRELOAD).

   Counted are the sizes asked for, of blocks that are aligned to 64 bytes or more (tensors, and
   the scratch of kernels), however small, and of other blocks of 4 KiB and more. What is smaller
   is the bookkeeping of Python and of the libraries. Blocks that a library maps by itself (mmap)
   are not seen. */

#define _GNU_SOURCE
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

enum { SLOTS = 1 << 20, LEAST_PLAIN = 4096, LEAST_ALIGNMENT = 64 };

/* Addresses of counted blocks and their sizes: open addressing, linear probing. */
static uintptr_t keys[SLOTS];
static size_t sizes[SLOTS];
static size_t used;
static atomic_flag lock = ATOMIC_FLAG_INIT;
static int64_t live, peak, missed;

static void acquire(void) {
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire)) {
    }
}

static void release(void) { atomic_flag_clear_explicit(&lock, memory_order_release); }

static size_t slot_of(uintptr_t key) {
    return (size_t)((key >> 4) * 0x9E3779B97F4A7C15ull >> 40) & (SLOTS - 1);
}

static void note(void *block, size_t size) {
    if (!block) return;
    acquire();
    if (used < SLOTS / 2) {
        size_t i = slot_of((uintptr_t)block);
        while (keys[i]) i = (i + 1) & (SLOTS - 1);
        keys[i] = (uintptr_t)block;
        sizes[i] = size;
        used++;
        live += (int64_t)size;
        if (live > peak) peak = live;
    } else {
        missed++;
    }
    release();
}

static void forget(void *block) {
    if (!block) return;
    acquire();
    size_t i = slot_of((uintptr_t)block);
    while (keys[i] && keys[i] != (uintptr_t)block) i = (i + 1) & (SLOTS - 1);
    if (keys[i]) {
        live -= (int64_t)sizes[i];
        used--;
        /* Entries behind the gap move up, so that no search ends too early. */
        size_t gap = i;
        for (size_t j = (i + 1) & (SLOTS - 1); keys[j]; j = (j + 1) & (SLOTS - 1)) {
            size_t home = slot_of(keys[j]);
            if (((j - home) & (SLOTS - 1)) >= ((j - gap) & (SLOTS - 1))) {
                keys[gap] = keys[j];
                sizes[gap] = sizes[j];
                gap = j;
            }
        }
        keys[gap] = 0;
    }
    release();
}

void *malloc(size_t size) {
    void *block = __libc_malloc(size);
    if (size >= LEAST_PLAIN) note(block, size);
    return block;
}

void *calloc(size_t count, size_t size) {
    void *block = __libc_calloc(count, size);
    if (block && count * size >= LEAST_PLAIN) note(block, count * size);
    return block;
}

void *realloc(void *old, size_t size) {
    forget(old);
    void *block = __libc_realloc(old, size);
    if (size >= LEAST_PLAIN) note(block, size);
    return block;
}

void free(void *block) {
    forget(block);
    __libc_free(block);
}

void *memalign(size_t alignment, size_t size) {
    void *block = __libc_memalign(alignment, size);
    if (alignment >= LEAST_ALIGNMENT || size >= LEAST_PLAIN) note(block, size);
    return block;
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **place, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) || !alignment || (alignment & (alignment - 1))) return EINVAL;
    void *block = memalign(alignment, size);
    if (!block) return ENOMEM;
    *place = block;
    return 0;
}

/* Bytes alive now, the most there were since the last reset, and blocks there was no room for. */
int64_t convwise_live(void) { return live; }
/* Lines of a block leave all caches; on other processors they stay. */
void convwise_flush(const char *start, int64_t bytes) {
    for (int64_t at = 0; at < bytes; at += 64) {
#if defined(__x86_64__)
        __builtin_ia32_clflush(start + at);
#elif defined(__aarch64__)
        __asm__ volatile("dc civac, %0" : : "r"(start + at) : "memory");
#endif
    }
    __sync_synchronize();
}

int64_t convwise_missed(void) { return missed; }
int64_t convwise_peak(void) { return peak; }

void convwise_reset(void) {
    acquire();
    peak = live;
    release();
}

/* Takes and frees blocks in a given order and touches each page of them: sizes[i] >= 0 takes block
   ids[i], sizes[i] < 0 frees it. Returns how many could be taken, or minus one at the first that
   could not. */
int64_t convwise_replay(int64_t count, const int32_t *ids, const int64_t *sizes, void **blocks) {
    int64_t taken = 0;
    for (int64_t i = 0; i < count; i++) {
        if (sizes[i] < 0) {
            free(blocks[ids[i]]);
            blocks[ids[i]] = 0;
            continue;
        }
        char *block = memalign(64, (size_t)sizes[i]);
        if (!block) return -1;
        for (int64_t at = 0; at < sizes[i]; at += 4096) block[at] = 1;
        if (sizes[i]) block[sizes[i] - 1] = 1;
        blocks[ids[i]] = block;
        taken++;
    }
    return taken;
}
