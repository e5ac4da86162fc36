#include "CImages.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <png.h>

// As Pillow converts PNG to RGB: no gamma, no background, alpha dropped, of 16 bits a channel the upper 8; but grayscale
// of 16 bits is limited to 255, and a palette may be shorter than the indices.

typedef struct {
  png_structp png;
  png_infop info;
  jmp_buf failure;
  images_report *report;
  images_status status;
  // What is left to read, or what was written and for how much there is room.
  const uint8_t *input;
  size_t left;
  uint8_t *output;
  size_t count, capacity;
  // 3 bytes each, row by row, of the size that the report says.
  uint8_t *pixels;
} codec;

static void stop(codec *self, images_status status, const char *message) {
  self->status = status;
  snprintf(self->report->message, sizeof self->report->message, "%s", message);
  longjmp(self->failure, 1);
}

static void fail(png_structp png, png_const_charp message) { stop(png_get_error_ptr(png), IMAGES_DAMAGED, message); }

static void note(png_structp png, png_const_charp message) {
  codec *self = png_get_error_ptr(png);
  if (self->report->warning[0] == 0) snprintf(self->report->warning, sizeof self->report->warning, "%s", message);
}

static void take(png_structp png, png_bytep bytes, size_t count) {
  codec *self = png_get_io_ptr(png);
  if (count > self->left) stop(self, IMAGES_TRUNCATED, "");
  memcpy(bytes, self->input, count);
  self->input += count;
  self->left -= count;
}

// Runs `body`, which any call of the library may leave early, and releases all that the library allocated to read.
static images_status attempt_reading(codec *self, void (*body)(codec *)) {
  if (setjmp(self->failure) == 0) body(self);
  png_destroy_read_struct(&self->png, &self->info, NULL);
  return self->status;
}

static void read_header(codec *self) {
  self->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, self, fail, note);
  if (self->png) self->info = png_create_info_struct(self->png);
  if (!self->info) stop(self, IMAGES_DAMAGED, "libpng could not be started: it has another version, or memory is short");
  png_set_read_fn(self->png, self, take);
  // Only what makes pixels: neither profiles nor texts are decompressed.
  png_set_keep_unknown_chunks(self->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(self->png, self->info);
  images_report *report = self->report;
  report->width = png_get_image_width(self->png, self->info);
  report->height = png_get_image_height(self->png, self->info);
  report->raw_bytes = ((uint64_t)png_get_rowbytes(self->png, self->info) + 1) * report->height;
}

images_status images_png_header(const uint8_t *bytes, size_t count, images_report *report) {
  codec self = {.input = bytes, .left = count, .report = report};
  return attempt_reading(&self, read_header);
}

// Pixels of 1 or 2 bytes at the beginning of each row become 3 bytes, from the last on, so that none is overwritten early.
static void widen_indices(codec *self, uint8_t *row, uint32_t width) {
  png_colorp palette = NULL;
  int colors = 0;
  png_get_PLTE(self->png, self->info, &palette, &colors);
  for (size_t x = width; x-- > 0;) {
    uint8_t index = row[x];
    // Pillow takes black for what a palette lacks.
    png_color color = {0, 0, 0};
    if (index < colors) color = palette[index];
    row[3 * x] = color.red;
    row[3 * x + 1] = color.green;
    row[3 * x + 2] = color.blue;
  }
}

static void widen_words(uint8_t *row, uint32_t width) {
  for (size_t x = width; x-- > 0;) {
    uint8_t value = row[2 * x] == 0 ? row[2 * x + 1] : 255;
    memset(row + 3 * x, value, 3);
  }
}

static void read_pixels(codec *self) {
  const uint32_t width = self->report->width, height = self->report->height;
  read_header(self);
  if (self->report->width != width || self->report->height != height) {
    stop(self, IMAGES_DAMAGED, "the size is stated twice");
  }
  const int color = png_get_color_type(self->png, self->info);
  const int is_indexed = color == PNG_COLOR_TYPE_PALETTE;
  const int is_wide_gray = color == PNG_COLOR_TYPE_GRAY && png_get_bit_depth(self->png, self->info) == 16;
  if (is_indexed) png_set_packing(self->png);
  if (!is_indexed && !is_wide_gray) {
    png_set_strip_16(self->png);
    png_set_strip_alpha(self->png);
    png_set_expand_gray_1_2_4_to_8(self->png);
    png_set_gray_to_rgb(self->png);
  }
  const int passes = png_set_interlace_handling(self->png);
  png_read_update_info(self->png, self->info);
  const size_t stride = 3 * (size_t)width;
  if (png_get_rowbytes(self->png, self->info) > stride) stop(self, IMAGES_DAMAGED, "an unknown kind of pixel");
  for (int pass = 0; pass < passes; pass++) {
    for (size_t y = 0; y < height; y++) png_read_row(self->png, self->pixels + y * stride, NULL);
  }
  for (size_t y = 0; y < height; y++) {
    if (is_indexed) widen_indices(self, self->pixels + y * stride, width);
    if (is_wide_gray) widen_words(self->pixels + y * stride, width);
  }
}

images_status images_png_pixels(const uint8_t *bytes, size_t count, uint8_t *pixels, images_report *report) {
  codec self = {.input = bytes, .left = count, .report = report, .pixels = pixels};
  return attempt_reading(&self, read_pixels);
}

static void give(png_structp png, png_bytep bytes, size_t count) {
  codec *self = png_get_io_ptr(png);
  if (self->capacity - self->count < count) {
    size_t capacity = 2 * (self->count + count);
    uint8_t *grown = realloc(self->output, capacity);
    if (!grown) stop(self, IMAGES_DAMAGED, "memory is short");
    self->output = grown;
    self->capacity = capacity;
  }
  memcpy(self->output + self->count, bytes, count);
  self->count += count;
}

static void flush(png_structp png) { (void)png; }

static void write_file(codec *self) {
  const uint32_t width = self->report->width, height = self->report->height;
  self->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, self, fail, note);
  if (self->png) self->info = png_create_info_struct(self->png);
  if (!self->info) stop(self, IMAGES_DAMAGED, "libpng could not be started: it has another version, or memory is short");
  png_set_write_fn(self->png, self, give, flush);
  png_set_IHDR(self->png, self->info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(self->png, self->info);
  for (size_t y = 0; y < height; y++) png_write_row(self->png, self->pixels + y * 3 * (size_t)width);
  png_write_end(self->png, self->info);
}

static void attempt_writing(codec *self) {
  if (setjmp(self->failure) == 0) write_file(self);
  png_destroy_write_struct(&self->png, &self->info);
}

images_status images_png_encode(const uint8_t *pixels, uint8_t **file, size_t *count, images_report *report) {
  // The library's rows are not constant, though it only reads them.
  codec self = {.report = report, .pixels = (uint8_t *)pixels};
  attempt_writing(&self);
  if (self.status != IMAGES_OK) {
    free(self.output);
    self.output = NULL;
    self.count = 0;
  }
  *file = self.output;
  *count = self.count;
  return self.status;
}
