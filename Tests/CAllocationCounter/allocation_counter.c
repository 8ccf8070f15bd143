#include "allocation_counter.h"

#include <stddef.h>
#include <stdlib.h>

static _Thread_local uint64_t allocations;
static _Thread_local int64_t held;
static _Thread_local int64_t peak;

uint64_t allocations_of_this_thread(void) { return allocations; }

int64_t held_bytes_of_this_thread(void) { return held; }

int64_t take_peak_of_held_bytes_of_this_thread(void) {
    int64_t result = peak;
    peak = held;
    return result;
}

#ifdef __GLIBC__
#include <errno.h>
#include <malloc.h>

void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *memory, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *memory);

static void *given(void *memory) {
    if (memory) held += (int64_t)malloc_usable_size(memory);
    if (held > peak) peak = held;
    return memory;
}

void *malloc(size_t bytes) {
    allocations++;
    return given(__libc_malloc(bytes));
}

void *calloc(size_t count, size_t bytes) {
    allocations++;
    return given(__libc_calloc(count, bytes));
}

void *realloc(void *memory, size_t bytes) {
    allocations++;
    int64_t before = memory ? (int64_t)malloc_usable_size(memory) : 0;
    void *result = __libc_realloc(memory, bytes);
    if (!result && bytes > 0) return result;
    held -= before;
    return given(result);
}

void *memalign(size_t alignment, size_t bytes) {
    return given(__libc_memalign(alignment, bytes));
}

void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

int posix_memalign(void **result, size_t alignment, size_t bytes) {
    if (alignment < sizeof(void *) || (alignment & (alignment - 1))) return EINVAL;
    void *memory = memalign(alignment, bytes);
    if (!memory) return ENOMEM;
    *result = memory;
    return 0;
}

void free(void *memory) {
    if (memory) held -= (int64_t)malloc_usable_size(memory);
    __libc_free(memory);
}
#endif
