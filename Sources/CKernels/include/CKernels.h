#pragma once

// The dense loops of reducers, in single precision, compiled for several kinds of processor; the best kind that the
// processor can run is found at the first call.

/// The scalar products of four rows with two others, all of `count` numbers: `sums[0...3]` with `x`, `[4...7]` with `y`.
void kernels_dots(const float *_Nonnull r0, const float *_Nonnull r1, const float *_Nonnull r2,
                  const float *_Nonnull r3, const float *_Nonnull x, const float *_Nonnull y, long count,
                  float *_Nonnull sums);

/// The scalar product of two rows of `count` numbers.
float kernels_dot(const float *_Nonnull a, const float *_Nonnull b, long count);

/// Adds four rows of `count` numbers, each times its weight, to `sum`.
void kernels_add(const float *_Nonnull r0, const float *_Nonnull r1, const float *_Nonnull r2,
                 const float *_Nonnull r3, float w0, float w1, float w2, float w3, float *_Nonnull sum, long count);

/// The best kind that this processor can run: 2 is AVX-512, 1 is AVX2 with FMA, 0 is what every processor has.
int kernels_best_level(void);

/// Uses a kind from now on, at most the best, so that tests can run all of them.
void kernels_use_level(int level);
