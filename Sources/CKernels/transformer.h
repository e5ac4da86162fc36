// What a transformer does between its products, for one kind of processor: included once for each, with NAME, TARGET and
// WIDTH as in kernels.h. A rest that fills no vector is copied into one, so that every number goes the same way.

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define F(name) JOIN(name, NAME)

typedef float F(lanes) __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
typedef int32_t F(integers) __attribute__((vector_size(4 * WIDTH)));
typedef uint32_t F(words) __attribute__((vector_size(4 * WIDTH)));
typedef uint16_t F(halves) __attribute__((vector_size(2 * WIDTH), aligned(1), may_alias));
#define V F(lanes)
#define I F(integers)
#define W F(words)
#define AT(p, i) (*(const V *)((p) + (i)))
#define INTO(p, i) (*(V *)((p) + (i)))
#define INLINE TARGET static inline __attribute__((always_inline))

/// `count` < WIDTH numbers, and `filler` behind them.
INLINE V F(part)(const float *row, long count, float filler) {
  float lanes[WIDTH];
  for (int lane = 0; lane < WIDTH; lane++) lanes[lane] = lane < count ? row[lane] : filler;
  return AT(lanes, 0);
}

INLINE void F(put)(V v, float *row, long count) {
  for (int lane = 0; lane < count; lane++) row[lane] = v[lane];
}

/// Where `mask` is all ones the first, where it is zero the second.
INLINE V F(select)(I mask, V first, V second) { return (V)(((I)first & mask) | ((I)second & ~mask)); }

/// e^x to 2e-7 of itself for x from -87 to 88, the nearest of the two beyond; NaN stays NaN.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2; e^r by its Taylor series, whose rest after r^7 is below 6e-9; 2^n by the bits.
INLINE V F(exponential)(V x) {
  x = F(select)(x < -87.0f, (V){0} - 87.0f, x);
  x = F(select)(x > 88.0f, (V){0} + 88.0f, x);
  // Adding 1.5 x 2^23 leaves the nearest whole number in the lowest bits.
  const float magic = 12582912.0f;
  V shifted = x * 1.44269504088896341f + magic;
  V n = shifted - magic;
  // ln 2 in two parts, the first of so few bits that its product with n is exact.
  V r = (x - n * 0.693359375f) + n * 2.12194440054690583e-4f;
  V p = r * (1.0f / 5040) + (1.0f / 720);
  p = p * r + (1.0f / 120);
  p = p * r + (1.0f / 24);
  p = p * r + (1.0f / 6);
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  return p * (V)(((I)shifted << 23) + 0x3F800000);
}

INLINE V F(sigmoid)(V x) { return 1.0f / (1.0f + F(exponential)((V){0} - x)); }

/// erf, by formula 7.1.26 of Abramowitz and Stegun: wrong by less than 1.5e-7.
INLINE V F(erf)(V x) {
  I sign = (I)x & (I)((W){0} + 0x80000000u);
  V z = (V)((I)x ^ sign);
  V t = 1.0f / (1.0f + 0.3275911f * z);
  V p = t * 1.061405429f - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  return (V)((I)(1.0f - p * t * F(exponential)((V){0} - z * z)) ^ sign);
}

INLINE V F(activated)(enum kernels_activation kind, V x) {
  switch (kind) {
  case kernels_silu: return x * F(sigmoid)(x);
  case kernels_gelu: return 0.5f * x * (1.0f + F(erf)(x * 0.70710678118654752f));
  case kernels_gelu_tanh: return x * F(sigmoid)(1.5957691216057308f * (x + 0.044715f * x * x * x));
  case kernels_quick_gelu: return x * F(sigmoid)(1.702f * x);
  case kernels_squared_relu: return F(select)(x < 0.0f, (V){0}, x * x);
  default: return F(select)(x < 0.0f, (V){0}, x);
  }
}

INLINE void F(activate_kind)(enum kernels_activation kind, float *row, const float *bias, long count) {
  long i = 0;
  for (; i + WIDTH <= count; i += WIDTH) INTO(row, i) = F(activated)(kind, AT(row, i) + AT(bias, i));
  if (i < count) {
    V rest = F(part)(row + i, count - i, 0) + F(part)(bias + i, count - i, 0);
    F(put)(F(activated)(kind, rest), row + i, count - i);
  }
}

TARGET static void F(activate)(enum kernels_activation kind, float *row, const float *bias, long count) {
  switch (kind) {
  case kernels_silu: return F(activate_kind)(kernels_silu, row, bias, count);
  case kernels_gelu: return F(activate_kind)(kernels_gelu, row, bias, count);
  case kernels_gelu_tanh: return F(activate_kind)(kernels_gelu_tanh, row, bias, count);
  case kernels_quick_gelu: return F(activate_kind)(kernels_quick_gelu, row, bias, count);
  case kernels_squared_relu: return F(activate_kind)(kernels_squared_relu, row, bias, count);
  default: return F(activate_kind)(kernels_relu, row, bias, count);
  }
}

INLINE void F(gate_kind)(enum kernels_activation kind, float *row, const float *up, long count) {
  long i = 0;
  for (; i + WIDTH <= count; i += WIDTH) INTO(row, i) = F(activated)(kind, AT(row, i)) * AT(up, i);
  if (i < count) {
    V rest = F(activated)(kind, F(part)(row + i, count - i, 0)) * F(part)(up + i, count - i, 0);
    F(put)(rest, row + i, count - i);
  }
}

TARGET static void F(gate)(enum kernels_activation kind, float *row, const float *up, long count) {
  switch (kind) {
  case kernels_silu: return F(gate_kind)(kernels_silu, row, up, count);
  case kernels_gelu: return F(gate_kind)(kernels_gelu, row, up, count);
  case kernels_gelu_tanh: return F(gate_kind)(kernels_gelu_tanh, row, up, count);
  case kernels_quick_gelu: return F(gate_kind)(kernels_quick_gelu, row, up, count);
  case kernels_squared_relu: return F(gate_kind)(kernels_squared_relu, row, up, count);
  default: return F(gate_kind)(kernels_relu, row, up, count);
  }
}

TARGET static void F(add_scaled)(float *row, const float *other, const float *bias, const float *scale, long count) {
  long i = 0;
  for (; i + WIDTH <= count; i += WIDTH) {
    V sum = bias ? AT(other, i) + AT(bias, i) : AT(other, i);
    INTO(row, i) = AT(row, i) + AT(scale, i) * sum;
  }
  for (; i < count; i++) row[i] += scale[i] * (bias ? other[i] + bias[i] : other[i]);
}

TARGET static void F(rotate)(float *row, const float *cosines, const float *sines, long heads, long width) {
  long half = width / 2;
  for (long head = 0; head < heads; head++) {
    float *first = row + head * width, *second = first + half;
    long i = 0;
    for (; i + WIDTH <= half; i += WIDTH) {
      V x = AT(first, i), y = AT(second, i), c = AT(cosines, i), s = AT(sines, i);
      INTO(first, i) = x * c - y * s;
      INTO(second, i) = y * c + x * s;
    }
    for (; i < half; i++) {
      float x = first[i], y = second[i];
      first[i] = x * cosines[i] - y * sines[i];
      second[i] = y * cosines[i] + x * sines[i];
    }
  }
}

TARGET static void F(add)(float *row, const float *other, long count) {
  long i = 0;
  for (; i + WIDTH <= count; i += WIDTH) INTO(row, i) = AT(row, i) + AT(other, i);
  for (; i < count; i++) row[i] += other[i];
}

INLINE float F(lane_sum)(V v) {
  float sum = 0;
  for (int lane = 0; lane < WIDTH; lane++) sum += v[lane];
  return sum;
}

TARGET static void F(normalize)(const float *row, const float *scale, const float *shift, float epsilon, float *output,
                                long count) {
  V sums = {0};
  long i = 0;
  for (; i + WIDTH <= count; i += WIDTH) sums += AT(row, i);
  float mean = F(lane_sum)(sums);
  for (; i < count; i++) mean += row[i];
  mean /= (float)count;
  V squares = {0};
  for (i = 0; i + WIDTH <= count; i += WIDTH) {
    V difference = AT(row, i) - mean;
    squares += difference * difference;
  }
  float variance = F(lane_sum)(squares);
  for (; i < count; i++) variance += (row[i] - mean) * (row[i] - mean);
  float factor = 1 / sqrtf(variance / (float)count + epsilon);
  for (i = 0; i + WIDTH <= count; i += WIDTH)
    INTO(output, i) = (AT(row, i) - mean) * factor * AT(scale, i) + AT(shift, i);
  for (; i < count; i++) output[i] = (row[i] - mean) * factor * scale[i] + shift[i];
}

TARGET static void F(normalize_rms)(const float *row, const float *scale, float epsilon, float *output, long count) {
  V squares = {0};
  long i = 0;
  for (; i + WIDTH <= count; i += WIDTH) squares += AT(row, i) * AT(row, i);
  float sum = F(lane_sum)(squares);
  for (; i < count; i++) sum += row[i] * row[i];
  float factor = 1 / sqrtf(sum / (float)count + epsilon);
  for (i = 0; i + WIDTH <= count; i += WIDTH) INTO(output, i) = AT(row, i) * factor * AT(scale, i);
  for (; i < count; i++) output[i] = row[i] * factor * scale[i];
}

INLINE V F(scaled)(const float *row, float factor, const float *addend, long i) {
  V v = AT(row, i) * factor;
  return addend ? v + AT(addend, i) : v;
}

INLINE V F(scaled_part)(const float *row, float factor, const float *addend, long i, long count) {
  V v = F(part)(row + i, count - i, 0) * factor;
  if (addend) v += F(part)(addend + i, count - i, 0);
  // Far below every number that is there, so that its exponential counts for nothing.
  for (long lane = count - i; lane < WIDTH; lane++) v[lane] = -INFINITY;
  return v;
}

TARGET static void F(softmax)(float *row, float factor, const float *addend, long count) {
  V largest = (V){0} - INFINITY;
  long i = 0;
  for (; i + WIDTH <= count; i += WIDTH) {
    V v = F(scaled)(row, factor, addend, i);
    largest = F(select)(v > largest, v, largest);
  }
  if (i < count) {
    V v = F(scaled_part)(row, factor, addend, i, count);
    largest = F(select)(v > largest, v, largest);
  }
  float maximum = -INFINITY;
  for (int lane = 0; lane < WIDTH; lane++) maximum = largest[lane] > maximum ? largest[lane] : maximum;
  V sums = {0};
  for (i = 0; i + WIDTH <= count; i += WIDTH) {
    V v = F(exponential)(F(scaled)(row, factor, addend, i) - maximum);
    INTO(row, i) = v;
    sums += v;
  }
  float total = F(lane_sum)(sums);
  if (i < count) {
    V v = F(exponential)(F(scaled_part)(row, factor, addend, i, count) - maximum);
    for (int lane = 0; lane < count - i; lane++) total += v[lane];
    F(put)(v, row + i, count - i);
  }
  float inverse = 1 / total;
  for (i = 0; i + WIDTH <= count; i += WIDTH) INTO(row, i) = AT(row, i) * inverse;
  for (; i < count; i++) row[i] *= inverse;
}

#include "halves.h"

#undef JOIN_
#undef JOIN
#undef F
#undef V
#undef I
#undef W
#undef AT
#undef INTO
#undef INLINE
#undef NAME
#undef TARGET
#undef WIDTH
