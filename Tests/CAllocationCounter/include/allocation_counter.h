#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

#include <stdint.h>

/* Linking this replaces malloc and its kin by functions that count for the calling thread, libraries
 * included, and then do what glibc's do. Without glibc everything here is always 0. */

/* How often the calling thread has asked for memory (malloc, calloc, realloc). */
uint64_t allocations_of_this_thread(void);

/* Bytes the calling thread has been given, less those it has given back.
 *
 * Whatever goes from one thread to another counts for the first, and against the second. */
int64_t held_bytes_of_this_thread(void);

/* The most that held_bytes_of_this_thread() has been since the last such call, which is counted
 * from now on anew. */
int64_t take_peak_of_held_bytes_of_this_thread(void);

#endif
