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

/// The kind that the functions here use in this thread: the best, unless `kernels_use_level` said otherwise.
int kernels_level(void);

/// Uses a kind from now on in this thread and in those that share its work, the best one instead of a better one or a
/// negative number, so that tests can run all of them beside others.
void kernels_use_level(int level);

/// The processors that this process may use (fewer than there are under `taskset`), at least 1.
int kernels_processors(void);

/// The most threads that the pool ever has beside those that call.
enum { kernels_most_threads = 64 };

/// What a thread does with one of many parts of work; `thread` is 0 for the caller, else the number of a helper.
typedef void (*_Nonnull kernels_work)(void *_Nullable context, long part, int thread);

/// Calls `work` once for each part from 0 to `parts` - 1, in the calling thread and in those of the pool that are free to
/// help, at most `most` in all, and returns when all are done. Helpers stay for later calls; one that cannot be had, or
/// does not get to run while there are parts left, is not waited for. Any number of threads may call at a time, from within
/// `work` as well.
void kernels_share(long parts, int most, void *_Nullable context, kernels_work work);

/// Runs `body` in a thread of its own, which ends with it; 0 if there is none to be had.
int kernels_start(void *_Nullable context, void *_Nullable (*_Nonnull body)(void *_Nullable context));

/// What stands between the products of a feed-forward block, x the input with its bias.
enum kernels_activation {
  kernels_silu,       // x / (1 + exp(-x))
  kernels_gelu,       // x / 2 (1 + erf(x / sqrt 2)), erf to 2e-7
  kernels_gelu_tanh,  // x / (1 + exp(-2 sqrt(2 / pi) (x + 0.044715 x^3))), which is the tanh form
  kernels_quick_gelu, // x / (1 + exp(-1.702 x))
  kernels_relu,       // max(x, 0)
  kernels_squared_relu // max(x, 0)^2
};

/// Adds `bias` to a row of `count` numbers and applies the activation, in place.
void kernels_activate(enum kernels_activation kind, float *_Nonnull row, const float *_Nonnull bias, long count);

/// Replaces a row by its activation, times `up`.
void kernels_gate(enum kernels_activation kind, float *_Nonnull row, const float *_Nonnull up, long count);

/// Adds `scale` times `other` plus `bias` to a row of `count` numbers.
void kernels_add_scaled(float *_Nonnull row, const float *_Nonnull other, const float *_Nullable bias,
                        const float *_Nonnull scale, long count);

/// Adds `other` to a row of `count` numbers.
void kernels_add(float *_Nonnull row, const float *_Nonnull other, long count);

/// Writes (row - mean) / sqrt(variance + epsilon) * scale + shift to `output`, which may be the row.
void kernels_normalize(const float *_Nonnull row, const float *_Nonnull scale, const float *_Nonnull shift,
                       float epsilon, float *_Nonnull output, long count);

/// Writes row / sqrt(mean square + epsilon) * scale to `output`, which may be the row.
void kernels_normalize_rms(const float *_Nonnull row, const float *_Nonnull scale, float epsilon, float *_Nonnull output,
                           long count);

/// Rotates each of `heads` parts of a row, of `width` numbers: the pair of numbers i and i + width / 2 by the i-th of
/// width / 2 angles, of which cosines and sines are given.
void kernels_rotate(float *_Nonnull row, const float *_Nonnull cosines, const float *_Nonnull sines, long heads,
                    long width);

/// Replaces a row by the softmax of `factor` times it, plus `addend` where there is one.
void kernels_softmax(float *_Nonnull row, float factor, const float *_Nullable addend, long count);

/// Makes `count` numbers of IEEE 754's half precision, at any address, single.
void kernels_widen_half(const void *_Nonnull halves, float *_Nonnull output, long count);

/// Makes `count` bfloat16 numbers, at any address, single.
void kernels_widen_brain(const void *_Nonnull halves, float *_Nonnull output, long count);

/// Rounds `count` numbers to the nearest bfloat16, ties to even, at any address.
void kernels_narrow_brain(const float *_Nonnull row, void *_Nonnull brains, long count);

/// Whether the processor has instructions for products of bfloat16 numbers (AVX-512 BF16, which every one with AMX has).
int kernels_multiplies_brains(void);
