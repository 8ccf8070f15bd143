#include "allocation_counter.h"

#include <stddef.h>
#include <stdlib.h>

static _Thread_local uint64_t allocations;

uint64_t allocations_of_this_thread(void) { return allocations; }

#ifdef __GLIBC__
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *memory, size_t bytes);

void *malloc(size_t bytes) {
    allocations++;
    return __libc_malloc(bytes);
}

void *calloc(size_t count, size_t bytes) {
    allocations++;
    return __libc_calloc(count, bytes);
}

void *realloc(void *memory, size_t bytes) {
    allocations++;
    return __libc_realloc(memory, bytes);
}
#endif
