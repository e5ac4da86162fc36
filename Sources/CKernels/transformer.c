#include "dispatch.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
  #define NAME avx512
  #define TARGET __attribute__((target("avx512f,fma")))
  #define WIDTH 16
  #include "transformer.h"
  #define NAME avx2
  #define TARGET __attribute__((target("avx2,fma")))
  #define WIDTH 8
  #include "transformer.h"
#endif

#define NAME plain
#define TARGET
#define WIDTH 4
#include "transformer.h"

void kernels_activate(enum kernels_activation kind, float *row, const float *bias, long count) {
  CALL(activate, kind, row, bias, count)
}

void kernels_gate(enum kernels_activation kind, float *row, const float *up, long count) {
  CALL(gate, kind, row, up, count)
}

void kernels_add_scaled(float *row, const float *other, const float *bias, const float *scale, long count) {
  CALL(add_scaled, row, other, bias, scale, count)
}

void kernels_normalize_rms(const float *row, const float *scale, float epsilon, float *output, long count) {
  CALL(normalize_rms, row, scale, epsilon, output, count)
}

void kernels_rotate(float *row, const float *cosines, const float *sines, long heads, long width) {
  CALL(rotate, row, cosines, sines, heads, width)
}

void kernels_add(float *row, const float *other, long count) { CALL(add, row, other, count) }

void kernels_normalize(const float *row, const float *scale, const float *shift, float epsilon, float *output,
                       long count) {
  CALL(normalize, row, scale, shift, epsilon, output, count)
}

void kernels_softmax(float *row, float factor, const float *addend, long count) {
  CALL(softmax, row, factor, addend, count)
}

void kernels_widen_half(const void *halves, float *output, long count) { CALL(widen_half, halves, output, count) }

void kernels_widen_brain(const void *halves, float *output, long count) { CALL(widen_brain, halves, output, count) }

void kernels_narrow_brain(const float *row, void *brains, long count) { CALL(narrow_brain, row, brains, count) }

#if defined(__x86_64__)
  int kernels_multiplies_brains(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512bf16");
  }
#else
  int kernels_multiplies_brains(void) { return 0; }
#endif
