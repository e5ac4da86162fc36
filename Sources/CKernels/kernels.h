// The loops, for one kind of processor: included once for each, with NAME giving the functions' suffix, TARGET the
// attribute that lets the compiler use its instructions, WIDTH the numbers in a vector, and COLUMNS and CHUNK as said
// below. Written with the vectors that clang and gcc know on every processor, which contract a product and a sum into one
// instruction where there is one. Loops over a constant number of vectors are unrolled, so that these stay in registers.

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define F(name) JOIN(name, NAME)

typedef float F(vector) __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
typedef int F(integers) __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
#define V F(vector)
#define I F(integers)
#define AT(p, i) (*(const V *)((p) + (i)))

TARGET static inline float F(total)(V v) {
  float sum = 0;
  for (int lane = 0; lane < WIDTH; lane++) sum += v[lane];
  return sum;
}

// The sums of neighbouring numbers, first those of a, then those of b.
TARGET static inline V F(pairs)(V a, V b) {
#if WIDTH == 16
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30)
       + __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
#elif WIDTH == 8
  return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
       + __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
#else
  return __builtin_shufflevector(a, b, 0, 2, 4, 6) + __builtin_shufflevector(a, b, 1, 3, 5, 7);
#endif
}

// ROWS of the chosen rows and COLUMNS of the others make a tile of products: as many sums as fit the registers.
#define ROWS 4
#define TILE (ROWS * COLUMNS)
// The totals of a tile's vectors fill so many vectors.
#define TOTALS ((TILE + WIDTH - 1) / WIDTH)

// Copies COUNT rows, a vector of each in turn, padded with zeros: so a tile reads one aligned stream. Past the last index
// the last row is taken again.
#define PACK(COUNT)                                                                                     \
  for (long k = 0; k < COUNT; k++) {                                                                    \
    const float *row = matrix + indices[k < count ? k : count - 1] * stride;                            \
    long i = 0;                                                                                         \
    for (; i + WIDTH <= width; i += WIDTH) *(V *)(packed + i * COUNT + k * WIDTH) = AT(row, i);         \
    if (i < width)                                                                                      \
      for (long lane = 0; lane < WIDTH; lane++)                                                         \
        packed[i * COUNT + k * WIDTH + lane] = i + lane < width ? row[i + lane] : 0;                    \
  }

TARGET static void F(packRows)(const float *matrix, long stride, long width, const long *indices, long count,
                               float *packed) {
  PACK(ROWS)
}

TARGET static void F(packColumns)(const float *matrix, long stride, long width, const long *indices, long count,
                                  float *packed) {
  PACK(COLUMNS)
}

TARGET static inline void F(tile)(const float *r, const float *x, long vectors, float *totals) {
  V sums[TILE];
  UNROLL for (int k = 0; k < TILE; k++) sums[k] = (V){0};
  for (long i = 0; i < vectors; i++, r += ROWS * WIDTH, x += COLUMNS * WIDTH) {
    V xs[COLUMNS];
    UNROLL for (int column = 0; column < COLUMNS; column++) xs[column] = AT(x, column * WIDTH);
    UNROLL for (int row = 0; row < ROWS; row++) {
      V rs = AT(r, row * WIDTH);
      UNROLL for (int column = 0; column < COLUMNS; column++) sums[row * COLUMNS + column] += rs * xs[column];
    }
  }
  // Halving the vectors until each number is the total of one: a tree of log2(WIDTH) levels.
  int left = TILE;
  UNROLL for (int level = WIDTH; level > 1; level /= 2) {
    UNROLL for (int k = 0; 2 * k < left; k++) sums[k] = F(pairs)(sums[2 * k], sums[2 * k + 1 < left ? 2 * k + 1 : 2 * k]);
    left = (left + 1) / 2;
  }
  UNROLL for (int k = 0; k < TOTALS; k++) *(V *)(totals + k * WIDTH) = sums[k];
}

TARGET static void F(products)(const float *matrix, long stride, long width, const long *chosen, long chosenCount,
                               const long *others, long othersCount, float *scratch, float *products) {
  // A block of chosen rows stays in the second-level cache, COLUMNS of the others in the first.
  const long vectors = (width + WIDTH - 1) / WIDTH, padded = vectors * WIDTH;
  float *const x = scratch + BLOCK * padded;
  for (long block = 0; block < chosenCount; block += BLOCK) {
    const long end = block + BLOCK < chosenCount ? block + BLOCK : chosenCount;
    for (long row = block; row < end; row += ROWS)
      F(packRows)(matrix, stride, width, chosen + row, end - row, scratch + (row - block) * padded);
    for (long other = 0; other < othersCount; other += COLUMNS) {
      F(packColumns)(matrix, stride, width, others + other, othersCount - other, x);
      for (long row = block; row < end; row += ROWS) {
        float totals[TOTALS * WIDTH];
        F(tile)(scratch + (row - block) * padded, x, vectors, totals);
        for (int k = 0; k < ROWS && row + k < end; k++)
          for (int column = 0; column < COLUMNS && other + column < othersCount; column++)
            products[(row + k) * othersCount + other + column] = totals[k * COLUMNS + column];
      }
    }
  }
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

// One pass over the rows for COUNT vectors of the sum, which stay in registers.
#define ADD(COUNT)                                                                                   \
  for (; i + COUNT * WIDTH <= width; i += COUNT * WIDTH) {                                           \
    V sums[COUNT];                                                                                   \
    UNROLL for (int k = 0; k < COUNT; k++) sums[k] = base ? AT(base, i + k * WIDTH) : (V){0};        \
    for (long row = 0; row < count; row++) {                                                         \
      const float *numbers = matrix + indices[row] * stride + i, weight = weights[row];              \
      UNROLL for (int k = 0; k < COUNT; k++) sums[k] += AT(numbers, k * WIDTH) * weight;             \
    }                                                                                                \
    UNROLL for (int k = 0; k < COUNT; k++) *(V *)(sum + i + k * WIDTH) = sums[k];                    \
  }

TARGET static void F(sum)(const float *matrix, long stride, long width, const long *indices, const float *weights,
                          long count, const float *base, float *sum) {
  long i = 0;
  ADD(CHUNK)
  ADD(4)
  ADD(1)
  for (; i < width; i++) {
    float total = base ? base[i] : 0;
    for (long row = 0; row < count; row++) total += matrix[indices[row] * stride + i] * weights[row];
    sum[i] = total;
  }
}

// How many of `count` keys are at least `bound`.
TARGET static long F(reaching)(const int *keys, long count, int bound) {
  I found = {0};
  long i = 0, total = 0;
  // A comparison that holds is -1.
  for (; i + WIDTH <= count; i += WIDTH) found -= *(const I *)(keys + i) >= bound;
  for (int lane = 0; lane < WIDTH; lane++) total += found[lane];
  for (; i < count; i++) total += keys[i] >= bound;
  return total;
}

TARGET static void F(largest)(const float *numbers, const float *scales, long count, long wanted, int *keys,
                              long *indices) {
  if (wanted <= 0) return;
  // Whole numbers in the order of the floating-point ones: the bits, those of negative numbers turned over. Adding zero
  // makes -0 the same as 0.
  I smallest = (I){0} + 0x7fffffff, largest = -smallest - 1;
  long start = 0;
  for (; start + WIDTH <= count; start += WIDTH) {
    const V scaled = (scales ? AT(numbers, start) * AT(scales, start) : AT(numbers, start)) + 0.0f;
    const I bits = (I)scaled, these = bits ^ ((bits >> 31) & 0x7fffffff);
    *(I *)(keys + start) = these;
    const I below = these < smallest, above = these > largest;
    smallest = (these & below) | (smallest & ~below);
    largest = (these & above) | (largest & ~above);
  }
  int least = 0x7fffffff, most = -0x7fffffff - 1;
  for (int lane = 0; lane < WIDTH; lane++) {
    least = smallest[lane] < least ? smallest[lane] : least;
    most = largest[lane] > most ? largest[lane] : most;
  }
  for (; start < count; start++) {
    union { float number; int bits; } it = {(scales ? numbers[start] * scales[start] : numbers[start]) + 0.0f};
    const int key = it.bits ^ ((it.bits >> 31) & 0x7fffffff);
    keys[start] = key;
    least = key < least ? key : least;
    most = key > most ? key : most;
  }
  // The largest bound that as many as wanted reach, by halving; done early where exactly these do.
  while (least < most) {
    const int middle = (int)(least + ((long long)most - least + 1) / 2);
    const long found = F(reaching)(keys, count, middle);
    if (found >= wanted) least = middle; else most = middle - 1;
    if (found == wanted) break;
  }
  // Each index is written, and kept if the place moves on: which way it goes cannot be predicted.
  long place = 0;
  if (F(reaching)(keys, count, least) == wanted) {
    for (long i = 0; place < wanted; i++) {
      indices[place] = i;
      place += keys[i] >= least;
    }
    return;
  }
  // More are equal to the smallest of them than may be taken: the first ones are.
  long equals = wanted - (least < 0x7fffffff ? F(reaching)(keys, count, least + 1) : 0);
  for (long i = 0; place < wanted && i < count; i++) {
    indices[place] = i;
    const int equal = (keys[i] == least) & (equals > 0);
    equals -= equal;
    place += (keys[i] > least) | equal;
  }
}

#undef JOIN_
#undef JOIN
#undef F
#undef V
#undef I
#undef AT
#undef ROWS
#undef TILE
#undef TOTALS
#undef ADD
#undef PACK
#undef NAME
#undef TARGET
#undef WIDTH
#undef COLUMNS
#undef CHUNK
