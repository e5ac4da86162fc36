#include "CImages.h"

#if defined(__x86_64__)
  #define NAME avx2
  #define TARGET __attribute__((target("avx2")))
  #define WIDTH 8
  #include "resample.h"
#endif

#define NAME plain
#define TARGET
#define WIDTH 4
#include "resample.h"

#if defined(__x86_64__)
  int images_best_level(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") ? 1 : 0;
  }
  #define CALL(function, ...) \
    if (level > 0) function##_avx2(__VA_ARGS__); \
    else function##_plain(__VA_ARGS__);
#else
  int images_best_level(void) { return 0; }
  #define CALL(function, ...) \
    (void)level; \
    function##_plain(__VA_ARGS__);
#endif

void images_resample_row(const uint8_t *row, const int32_t *starts, const int32_t *weights, long taps, long outputs,
                         uint8_t *output, int level) {
  CALL(row, row, starts, weights, taps, outputs, output)
}

void images_resample_column(const uint8_t *rows, const int32_t *weights, long taps, long count, uint8_t *output,
                            int level) {
  CALL(column, rows, weights, taps, count, output)
}
