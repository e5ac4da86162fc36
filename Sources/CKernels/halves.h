// Numbers of 16 bits as 32, and of 32 bits as 16: a part of transformer.h, with its names.

/// The exponent is rebased from 15 to 127 by multiplying with 2^112; all ones stay all ones (infinity, NaN).
INLINE V F(single_of_half)(W bits) {
  V magnitude = (V)((bits & 0x7FFF) << 13) * 0x1p112f;
  I overflown = (I)(magnitude >= 0x1p16f) & 0x7F800000;
  return (V)((I)magnitude | overflown | (I)((bits & 0x8000) << 16));
}

INLINE W F(words_of)(const char *bytes, long count) {
  uint16_t lanes[WIDTH] = {0};
  memcpy(lanes, bytes, 2 * (unsigned long)count);
  return __builtin_convertvector(*(const F(halves) *)lanes, W);
}

TARGET static void F(widen_half)(const void *halves, float *output, long count) {
  const char *bytes = halves;
  long i = 0;
  for (; i + WIDTH <= count; i += WIDTH) INTO(output, i) = F(single_of_half)(F(words_of)(bytes + 2 * i, WIDTH));
  if (i < count) F(put)(F(single_of_half)(F(words_of)(bytes + 2 * i, count - i)), output + i, count - i);
}

TARGET static void F(widen_brain)(const void *halves, float *output, long count) {
  const char *bytes = halves;
  long i = 0;
  for (; i + WIDTH <= count; i += WIDTH) INTO(output, i) = (V)(F(words_of)(bytes + 2 * i, WIDTH) << 16);
  if (i < count) F(put)((V)(F(words_of)(bytes + 2 * i, count - i) << 16), output + i, count - i);
}

/// To the nearest, of two as near to the even one; NaN stays NaN.
INLINE F(halves) F(brains)(V numbers) {
  W bits = (W)numbers;
  W rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
  I nan = (I)((bits & 0x7FFFFFFFu) > 0x7F800000u);
  return __builtin_convertvector((W)F(select)(nan, (V)((bits >> 16) | 0x40), (V)rounded), F(halves));
}

TARGET static void F(narrow_brain)(const float *row, void *brains, long count) {
  char *bytes = brains;
  long i = 0;
  for (; i + WIDTH <= count; i += WIDTH) {
    F(halves) narrow = F(brains)(AT(row, i));
    memcpy(bytes + 2 * i, &narrow, sizeof narrow);
  }
  if (i < count) {
    F(halves) narrow = F(brains)(F(part)(row + i, count - i, 0));
    memcpy(bytes + 2 * i, &narrow, 2 * (unsigned long)(count - i));
  }
}
