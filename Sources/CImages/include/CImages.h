#pragma once

#include <stddef.h>
#include <stdint.h>

// JPEG and PNG files in memory to rows of RGB and back. The libraries report errors by longjmp, which must not cross
// Swift; here it ends, and what comes out is a status and a text. Nothing is ever printed.

/// How a call ended.
typedef enum {
  IMAGES_OK,
  /// The file ends before the picture does.
  IMAGES_TRUNCATED,
  /// The file is not what its signature says, or of a kind that is not read; the message says why.
  IMAGES_DAMAGED,
  /// More scans of a progressive JPEG than anyone writes, or together more blocks than the limit: each scan costs a pass
  /// over the whole picture.
  IMAGES_TOO_MANY_SCANS,
} images_status;

/// What the header of a file says, and what the library says of the file.
typedef struct {
  uint32_t width, height;
  /// JPEG: the number of blocks of 8 x 8 that any file has at least one bit for; 0 where that does not hold.
  uint64_t blocks;
  /// JPEG of several scans: bytes that are kept of all of them until the last one.
  uint64_t held_bytes;
  /// PNG: bytes of the picture before compression, with the byte that begins each row.
  uint64_t raw_bytes;
  /// Why a call failed.
  char message[200];
  /// The first complaint about a file that could be read, or empty.
  char warning[200];
} images_report;

/// Scans that a progressive JPEG may have; encoders write some 10.
enum { IMAGES_SCAN_LIMIT = 100 };

/// Blocks of 8 x 8 numbers that all scans of a JPEG together may pass over: enough for the 10 scans that encoders write of
/// any picture that is read, where its colours have half the resolution.
enum { IMAGES_VISIT_LIMIT = 20000000 };

/// Reads the header of a JPEG file.
images_status images_jpeg_header(const uint8_t *_Nonnull bytes, size_t count, images_report *_Nonnull report);

/// Decodes a JPEG file into 3 bytes a pixel; the report must be that of its header.
images_status images_jpeg_pixels(const uint8_t *_Nonnull bytes, size_t count, uint8_t *_Nonnull pixels,
                                 images_report *_Nonnull report);

/// Reads the header of a PNG file.
images_status images_png_header(const uint8_t *_Nonnull bytes, size_t count, images_report *_Nonnull report);

/// Decodes a PNG file into 3 bytes a pixel; the report must be that of its header.
images_status images_png_pixels(const uint8_t *_Nonnull bytes, size_t count, uint8_t *_Nonnull pixels,
                                images_report *_Nonnull report);

/// Writes pixels of the report's size as a PNG file into memory that `free` releases.
images_status images_png_encode(const uint8_t *_Nonnull pixels, uint8_t *_Nullable *_Nonnull file,
                                size_t *_Nonnull count, images_report *_Nonnull report);

/// Fractional bits of the weights below, as in Pillow.
enum { IMAGES_WEIGHT_BITS = 22 };

/// The better kind of the function below that this processor can run: 1 is AVX2, 0 is what every processor has.
int images_best_level(void);

/// Resamples one row of RGB: output pixel i is the sum of `taps` pixels from `starts[i]` on, each times its weight,
/// rounded and limited to 8 bits. The weights begin at `weights[3 * taps * i]`; each stands there three times, once for
/// each channel.
void images_resample_row(const uint8_t *_Nonnull row, const int32_t *_Nonnull starts, const int32_t *_Nonnull weights,
                         long taps, long outputs, uint8_t *_Nonnull output, int level);

/// The sum of `taps` rows of `count` bytes, each times its weight, rounded and limited to 8 bits.
void images_resample_column(const uint8_t *_Nonnull rows, const int32_t *_Nonnull weights, long taps, long count,
                            uint8_t *_Nonnull output, int level);
