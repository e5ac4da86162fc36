// The loops of resampling for one kind of processor: NAME, compiled for TARGET, with vectors of WIDTH numbers.

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define F(function) JOIN(function, NAME)
#define V F(integers)
#define B F(bytes)

typedef int32_t V __attribute__((vector_size(4 * WIDTH), aligned(4)));
typedef uint8_t B __attribute__((vector_size(WIDTH), aligned(1)));

#define WIDEN(bytes) __builtin_convertvector(*(const B *)(bytes), V)

static inline uint8_t F(limit)(int32_t sum) {
  int32_t value = sum >> IMAGES_WEIGHT_BITS;
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

// Each weight stands there three times, once for each channel, so that 3 vectors of weights go with WIDTH pixels.
TARGET static void F(row)(const uint8_t *row, const int32_t *starts, const int32_t *weights, long taps, long outputs,
                          uint8_t *output) {
  const long count = 3 * taps, whole = count - count % (3 * WIDTH);
  for (long i = 0; i < outputs; i++) {
    const uint8_t *pixels = row + 3 * (long)starts[i];
    const int32_t *factors = weights + i * count;
    V a = {0}, b = {0}, c = {0};
    long t = 0;
    for (; t < whole; t += 3 * WIDTH) {
      a += WIDEN(pixels + t) * *(const V *)(factors + t);
      b += WIDEN(pixels + t + WIDTH) * *(const V *)(factors + t + WIDTH);
      c += WIDEN(pixels + t + 2 * WIDTH) * *(const V *)(factors + t + 2 * WIDTH);
    }
    int32_t sums[3] = {1 << (IMAGES_WEIGHT_BITS - 1), 1 << (IMAGES_WEIGHT_BITS - 1), 1 << (IMAGES_WEIGHT_BITS - 1)};
    for (int lane = 0; lane < WIDTH; lane++) {
      sums[lane % 3] += a[lane];
      sums[(lane + WIDTH) % 3] += b[lane];
      sums[(lane + 2 * WIDTH) % 3] += c[lane];
    }
    for (; t < count; t += 3) {
      for (int channel = 0; channel < 3; channel++) sums[channel] += pixels[t + channel] * factors[t + channel];
    }
    for (int channel = 0; channel < 3; channel++) output[3 * i + channel] = F(limit)(sums[channel]);
  }
}

TARGET static void F(column)(const uint8_t *rows, const int32_t *weights, long taps, long count, uint8_t *output) {
  long x = 0;
  for (; x + WIDTH <= count; x += WIDTH) {
    V sum = {0};
    for (long t = 0; t < taps; t++) sum += WIDEN(rows + t * count + x) * weights[t];
    for (int lane = 0; lane < WIDTH; lane++) {
      output[x + lane] = F(limit)(sum[lane] + (1 << (IMAGES_WEIGHT_BITS - 1)));
    }
  }
  for (; x < count; x++) {
    int32_t sum = 1 << (IMAGES_WEIGHT_BITS - 1);
    for (long t = 0; t < taps; t++) sum += rows[t * count + x] * weights[t];
    output[x] = F(limit)(sum);
  }
}

#undef JOIN_
#undef JOIN
#undef F
#undef V
#undef B
#undef WIDEN
#undef NAME
#undef TARGET
#undef WIDTH
