#include "CImages.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>

// As Pillow reads JPEG: the library's defaults (accurate integer DCT, smooth upsampling), and a source that suspends at
// the end of the file instead of making up an end of image, so that a truncated file is known as such.

typedef struct {
  struct jpeg_decompress_struct decoder;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf failure;
  images_report *report;
  images_status status;
  const uint8_t *bytes;
  size_t count;
  uint8_t *pixels;
  // The last scan that was begun, and the blocks of all scans so far.
  int scan;
  uint64_t visits;
} reader;

static void fail(j_common_ptr common) {
  reader *self = common->client_data;
  if (self->status == IMAGES_OK) {
    char text[JMSG_LENGTH_MAX];
    common->err->format_message(common, text);
    snprintf(self->report->message, sizeof self->report->message, "%s", text);
    self->status = IMAGES_DAMAGED;
  }
  longjmp(self->failure, 1);
}

static void note(j_common_ptr common, int level) {
  reader *self = common->client_data;
  if (level >= 0 || self->report->warning[0] != 0) return;
  char text[JMSG_LENGTH_MAX];
  common->err->format_message(common, text);
  snprintf(self->report->warning, sizeof self->report->warning, "%s", text);
}

static void silence(j_common_ptr common) { (void)common; }

static uint64_t blocks_of(const jpeg_component_info *component) {
  return (uint64_t)component->width_in_blocks * component->height_in_blocks;
}

// Every scan is a pass over all blocks of its channels, however few bytes it has.
static void limit_scans(j_common_ptr common) {
  reader *self = common->client_data;
  j_decompress_ptr decoder = &self->decoder;
  if (!common->is_decompressor || decoder->input_scan_number == self->scan) return;
  self->scan = decoder->input_scan_number;
  for (int i = 0; i < decoder->comps_in_scan; i++) self->visits += blocks_of(decoder->cur_comp_info[i]);
  if (self->scan <= IMAGES_SCAN_LIMIT && self->visits <= IMAGES_VISIT_LIMIT) return;
  self->status = IMAGES_TOO_MANY_SCANS;
  longjmp(self->failure, 1);
}

static void ignore(j_decompress_ptr decoder) { (void)decoder; }
static boolean suspend(j_decompress_ptr decoder) {
  (void)decoder;
  return FALSE;
}

static void skip(j_decompress_ptr decoder, long count) {
  struct jpeg_source_mgr *source = decoder->src;
  if (count <= 0) return;
  size_t skipped = (size_t)count < source->bytes_in_buffer ? (size_t)count : source->bytes_in_buffer;
  source->next_input_byte += skipped;
  source->bytes_in_buffer -= skipped;
}

static void start(reader *self) {
  self->decoder.err = jpeg_std_error(&self->errors);
  self->errors.error_exit = fail;
  self->errors.emit_message = note;
  self->errors.output_message = silence;
  self->decoder.client_data = self;
  jpeg_create_decompress(&self->decoder);
  self->source.init_source = ignore;
  self->source.fill_input_buffer = suspend;
  self->source.skip_input_data = skip;
  self->source.resync_to_restart = jpeg_resync_to_restart;
  self->source.term_source = ignore;
  self->source.next_input_byte = self->bytes;
  self->source.bytes_in_buffer = self->count;
  self->decoder.src = &self->source;
  self->progress.progress_monitor = limit_scans;
  self->decoder.progress = &self->progress;
}

// Runs `body`, which any call of the library may leave early, and releases all that the library allocated.
static images_status attempt(reader *self, void (*body)(reader *)) {
  if (setjmp(self->failure) == 0) body(self);
  jpeg_destroy_decompress(&self->decoder);
  return self->status;
}

static void stop(reader *self, images_status status, const char *message) {
  self->status = status;
  snprintf(self->report->message, sizeof self->report->message, "%s", message);
  longjmp(self->failure, 1);
}

static void read_header(reader *self) {
  j_decompress_ptr decoder = &self->decoder;
  start(self);
  int found;
  do found = jpeg_read_header(decoder, FALSE); while (found == JPEG_HEADER_TABLES_ONLY);
  if (found != JPEG_HEADER_OK) stop(self, IMAGES_TRUNCATED, "");
  if (decoder->data_precision != 8) stop(self, IMAGES_DAMAGED, "samples of other than 8 bits");
  int channels = decoder->num_components;
  if (channels != 1 && channels != 3 && channels != 4) stop(self, IMAGES_DAMAGED, "2 or more than 4 channels");
  images_report *report = self->report;
  report->width = decoder->image_width;
  report->height = decoder->image_height;
  // Huffman codes have at least one bit, and the blocks of one channel at least cover the picture.
  report->blocks = decoder->arith_code ? 0 : (uint64_t)((report->width + 7) / 8) * ((report->height + 7) / 8);
  // Several scans are kept as numbers of 16 bits until the last one has been read.
  if (!jpeg_has_multiple_scans(decoder)) return;
  for (int i = 0; i < channels; i++) report->held_bytes += blocks_of(&decoder->comp_info[i]) * 64 * 2;
}

images_status images_jpeg_header(const uint8_t *bytes, size_t count, images_report *report) {
  reader self = {.bytes = bytes, .count = count, .report = report};
  return attempt(&self, read_header);
}

// What Pillow makes of a pixel of CMYK, stored inverted as Adobe does.
static inline uint8_t ink(uint8_t color, uint8_t black) {
  int rest = 255 - color, paper = black, product = rest * paper + 128;
  int value = paper - (((product >> 8) + product) >> 8);
  return (uint8_t)(value < 0 ? 0 : value);
}

static void read_rows(reader *self) {
  j_decompress_ptr decoder = &self->decoder;
  const size_t width = decoder->output_width;
  const int is_cmyk = decoder->out_color_space == JCS_CMYK;
  JSAMPARRAY line = NULL;
  if (is_cmyk) line = decoder->mem->alloc_sarray((j_common_ptr)decoder, JPOOL_IMAGE, decoder->output_width * 4, 1);
  while (decoder->output_scanline < decoder->output_height) {
    uint8_t *row = self->pixels + 3 * width * decoder->output_scanline;
    JSAMPROW target = is_cmyk ? line[0] : row;
    if (jpeg_read_scanlines(decoder, &target, 1) != 1) stop(self, IMAGES_TRUNCATED, "");
    if (!is_cmyk) continue;
    for (size_t x = 0; x < width; x++) {
      for (int c = 0; c < 3; c++) row[3 * x + c] = ink(target[4 * x + c], target[4 * x + 3]);
    }
  }
}

static void read_pixels(reader *self) {
  const uint32_t width = self->report->width, height = self->report->height;
  read_header(self);
  self->decoder.out_color_space = self->decoder.num_components == 4 ? JCS_CMYK : JCS_RGB;
  if (!jpeg_start_decompress(&self->decoder)) stop(self, IMAGES_TRUNCATED, "");
  if (self->decoder.output_width != width || self->decoder.output_height != height) {
    stop(self, IMAGES_DAMAGED, "the size is stated twice");
  }
  read_rows(self);
}

images_status images_jpeg_pixels(const uint8_t *bytes, size_t count, uint8_t *pixels, images_report *report) {
  reader self = {.bytes = bytes, .count = count, .report = report, .pixels = pixels};
  return attempt(&self, read_pixels);
}
