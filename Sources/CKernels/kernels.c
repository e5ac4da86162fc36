#include "CKernels.h"

#if defined(__x86_64__)
  #define NAME avx512
  #define TARGET __attribute__((target("avx512f,fma")))
  #define WIDTH 16
  #include "kernels.h"
  #define NAME avx2
  #define TARGET __attribute__((target("avx2,fma")))
  #define WIDTH 8
  #include "kernels.h"
#endif

#define NAME plain
#define TARGET
#define WIDTH 4
#include "kernels.h"

#if defined(__x86_64__)
  // A constant after the first call, unless a test chooses another; threads that ask at the same time find the same.
  static int known = -1;

  int kernels_best_level(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") ? 2 : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 1 : 0;
  }

  void kernels_use_level(int level) { __atomic_store_n(&known, level, __ATOMIC_RELAXED); }

  static int level(void) {
    int found = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (found < 0) kernels_use_level(found = kernels_best_level());
    return found;
  }
  #define CALL(function, ...) \
    switch (level()) { \
    case 2: return function##_avx512(__VA_ARGS__); \
    case 1: return function##_avx2(__VA_ARGS__); \
    default: return function##_plain(__VA_ARGS__); \
    }
#else
  int kernels_best_level(void) { return 0; }
  void kernels_use_level(int level) { (void)level; }
  #define CALL(function, ...) return function##_plain(__VA_ARGS__);
#endif

void kernels_dots(const float *r0, const float *r1, const float *r2, const float *r3, const float *x, const float *y,
                  long count, float *sums) {
  CALL(dots, r0, r1, r2, r3, x, y, count, sums)
}

float kernels_dot(const float *a, const float *b, long count) { CALL(dot, a, b, count) }

void kernels_add(const float *r0, const float *r1, const float *r2, const float *r3, float w0, float w1, float w2,
                 float w3, float *sum, long count) {
  CALL(add, r0, r1, r2, r3, w0, w1, w2, w3, sum, count)
}
