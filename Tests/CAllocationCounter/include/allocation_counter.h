#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

/* How often the calling thread has asked for memory (malloc, calloc, realloc), libraries included.
 *
 * Linking this replaces those functions by ones that count and then do what glibc's do. Always 0
 * without glibc. */
uint64_t allocations_of_this_thread(void);

#endif
