#include "dispatch.h"

#if defined(__clang__)
  #define UNROLL _Pragma("clang loop unroll(full)")
#else
  #define UNROLL _Pragma("GCC unroll 64")
#endif

/// Chosen rows that are multiplied with all others before the next ones are: of 1024 numbers they take 400 kB.
#define BLOCK 96

// There are 32 registers with AVX-512 and on most other processors than x86-64, there 16 without it.
#if defined(__x86_64__)
  #define NAME avx512
  #define TARGET __attribute__((target("avx512f,fma")))
  #define WIDTH 16
  #define COLUMNS 6
  #define CHUNK 16
  #include "kernels.h"
  #define NAME avx2
  #define TARGET __attribute__((target("avx2,fma")))
  #define WIDTH 8
  #define COLUMNS 3
  #define CHUNK 8
  #include "kernels.h"
#endif

#define NAME plain
#define TARGET
#define WIDTH 4
#if defined(__x86_64__)
  #define COLUMNS 2
#else
  #define COLUMNS 6
#endif
#define CHUNK 8
#include "kernels.h"

#if defined(__x86_64__)
  // The best kind, found at the first call; threads that ask at the same time find the same.
  static int best = -1;
  // What a test chose for this thread.
  static _Thread_local int chosen = -1;

  int kernels_best_level(void) {
    int found = __atomic_load_n(&best, __ATOMIC_RELAXED);
    if (found >= 0) return found;
    __builtin_cpu_init();
    found = __builtin_cpu_supports("avx512f") ? 2 : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 1 : 0;
    __atomic_store_n(&best, found, __ATOMIC_RELAXED);
    return found;
  }

  void kernels_use_level(int level) { chosen = level < kernels_best_level() ? level : -1; }

  int kernels_level(void) { return chosen < 0 ? kernels_best_level() : chosen; }
#else
  int kernels_best_level(void) { return 0; }
  int kernels_level(void) { return 0; }
  void kernels_use_level(int level) { (void)level; }
#endif

void kernels_products(const float *matrix, long stride, long width, const long *chosen, long chosenCount,
                      const long *others, long othersCount, float *scratch, float *products) {
  CALL(products, matrix, stride, width, chosen, chosenCount, others, othersCount, scratch, products)
}

long kernels_products_scratch(long width) { return (BLOCK + 6) * (width + 15); }

float kernels_dot(const float *a, const float *b, long count) { CALL(dot, a, b, count) }

void kernels_sum(const float *matrix, long stride, long width, const long *indices, const float *weights, long count,
                 const float *base, float *sum) {
  CALL(sum, matrix, stride, width, indices, weights, count, base, sum)
}

void kernels_largest(const float *numbers, const float *scales, long count, long wanted, int *keys, long *indices) {
  CALL(largest, numbers, scales, count, wanted, keys, indices)
}
