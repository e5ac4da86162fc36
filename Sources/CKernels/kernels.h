// The loops, for one kind of processor: included once for each, with NAME giving the functions' suffix, TARGET the
// attribute that lets the compiler use its instructions, and WIDTH the numbers in a vector. Written with the vectors that
// clang and gcc know on every processor, which contract a product and a sum into one instruction where there is one.

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define F(name) JOIN(name, NAME)

typedef float F(vector) __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
#define V F(vector)
#define AT(p, i) (*(const V *)((p) + (i)))

TARGET static inline float F(total)(V v) {
  float sum = 0;
  for (int lane = 0; lane < WIDTH; lane++) sum += v[lane];
  return sum;
}

TARGET static void F(dots)(const float *r0, const float *r1, const float *r2, const float *r3, const float *x,
                           const float *y, long count, float sums[8]) {
  V x0 = {0}, x1 = {0}, x2 = {0}, x3 = {0}, y0 = {0}, y1 = {0}, y2 = {0}, y3 = {0};
  long i = 0;
  for (; i + WIDTH <= count; i += WIDTH) {
    V xs = AT(x, i), ys = AT(y, i), r = AT(r0, i);
    x0 += r * xs;
    y0 += r * ys;
    r = AT(r1, i);
    x1 += r * xs;
    y1 += r * ys;
    r = AT(r2, i);
    x2 += r * xs;
    y2 += r * ys;
    r = AT(r3, i);
    x3 += r * xs;
    y3 += r * ys;
  }
  float totals[8] = {F(total)(x0), F(total)(x1), F(total)(x2), F(total)(x3),
                     F(total)(y0), F(total)(y1), F(total)(y2), F(total)(y3)};
  for (; i < count; i++) {
    const float column[4] = {r0[i], r1[i], r2[i], r3[i]};
    for (int row = 0; row < 4; row++) {
      totals[row] += column[row] * x[i];
      totals[row + 4] += column[row] * y[i];
    }
  }
  for (int lane = 0; lane < 8; lane++) sums[lane] = totals[lane];
}

TARGET static float F(dot)(const float *a, const float *b, long count) {
  V s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  long i = 0;
  for (; i + 4 * WIDTH <= count; i += 4 * WIDTH) {
    s0 += AT(a, i) * AT(b, i);
    s1 += AT(a, i + WIDTH) * AT(b, i + WIDTH);
    s2 += AT(a, i + 2 * WIDTH) * AT(b, i + 2 * WIDTH);
    s3 += AT(a, i + 3 * WIDTH) * AT(b, i + 3 * WIDTH);
  }
  float sum = F(total)((s0 + s1) + (s2 + s3));
  for (; i < count; i++) sum += a[i] * b[i];
  return sum;
}

TARGET static void F(add)(const float *r0, const float *r1, const float *r2, const float *r3, float w0, float w1,
                          float w2, float w3, float *sum, long count) {
  long i = 0;
  for (; i + WIDTH <= count; i += WIDTH) {
    V first = AT(r0, i) * w0 + AT(r1, i) * w1, second = AT(r2, i) * w2 + AT(r3, i) * w3;
    *(V *)(sum + i) = AT(sum, i) + (first + second);
  }
  for (; i < count; i++) sum[i] += (r0[i] * w0 + r1[i] * w1) + (r2[i] * w2 + r3[i] * w3);
}

#undef JOIN_
#undef JOIN
#undef F
#undef V
#undef AT
#undef NAME
#undef TARGET
#undef WIDTH
