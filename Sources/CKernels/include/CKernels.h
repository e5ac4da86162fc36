#pragma once

// The dense loops of reducers, in single precision, compiled for several kinds of processor; the best kind that the
// processor can run is found at the first call. Rows of a matrix lie `stride` numbers apart.

/// The scalar products of the rows `chosen` with the rows `others` of a matrix with rows of `width` numbers, `stride`
/// apart: [chosenCount, othersCount] products. `scratch` is room for `kernels_products_scratch` numbers, best at an
/// address that is a multiple of 64.
void kernels_products(const float *_Nonnull matrix, long stride, long width, const long *_Nonnull chosen,
                      long chosenCount, const long *_Nonnull others, long othersCount, float *_Nonnull scratch,
                      float *_Nonnull products);

/// The room that the products of rows of `width` numbers need, in numbers.
long kernels_products_scratch(long width);

/// The scalar product of two rows of `count` numbers.
float kernels_dot(const float *_Nonnull a, const float *_Nonnull b, long count);

/// Writes to `sum` the first `width` numbers of `base` (zeros, if there is none) plus those of the rows that the
/// `count` `indices` (perhaps none) name, each times its weight. `sum` may be `base`.
void kernels_sum(const float *_Nonnull matrix, long stride, long width, const long *_Nullable indices,
                 const float *_Nullable weights, long count, const float *_Nullable base, float *_Nonnull sum);

/// Writes the indices, ascending, of the `wanted` largest of `count` numbers, each times its scale (1, if there are
/// none); of equal ones those with the lower indices. `wanted` is at most `count`; `keys` is room for `count`.
void kernels_largest(const float *_Nonnull numbers, const float *_Nullable scales, long count, long wanted,
                     int *_Nonnull keys, long *_Nonnull indices);

/// The best kind that this processor can run: 2 is AVX-512, 1 is AVX2 with FMA, 0 is what every processor has.
int kernels_best_level(void);

/// Uses a kind from now on, at most the best, so that tests can run all of them.
void kernels_use_level(int level);

/// The processors that this process may use (fewer than there are under `taskset`), at least 1.
int kernels_processors(void);

/// Calls `body` once for each part from 0 to `parts` - 1, each in a thread of its own, the last in the calling one, and
/// returns when all are done. Parts of threads that cannot be had, or do not get to run, are done in the calling one.
void kernels_parallel(int parts, void *_Nullable context, void (*_Nonnull body)(void *_Nullable context, int part));
