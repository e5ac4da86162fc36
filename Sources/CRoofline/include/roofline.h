// libroofline: what the roofline program knows, behind a C interface.
//
// Functions that can fail return an error, or NULL where all went well; what they make they write to the last argument,
// which stays as it was where they fail. Handles are made by `_new`, `_ask` and so on and freed by the `_free` of their
// kind, which takes NULL as well. There is no global state: any number of threads may call at a time, also with one
// handle, as long as none frees or changes it meanwhile; a catalog and a question are changed by the functions that are
// called `_set` and `_define` alone. Texts are UTF-8 and end in a zero. Memory that is reached through a handle or an
// error belongs to it and lives as long. After a fork the child may go on calling, with the parent's handles too, if no
// other thread of the parent was inside the library.
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The version of this interface: what was there stays while it is the same.
#define ROOFLINE_INTERFACE 1

/// The version that the library was built with; another one than `ROOFLINE_INTERFACE` is not this header's.
int32_t roofline_interface(void);

// Errors

/// What went wrong.
typedef struct roofline_error {
  const char *message;     ///< what is wrong, what was expected and what to do
  const char *advice;      ///< the part of it that says what to do, or NULL
  const char *file;        ///< the file that it is about, or NULL
  int64_t line, column;    ///< the place in it from 1, or 0
  const char *explanation; ///< all that is wrong with the file, each with its line and a caret, as the program prints it
} roofline_error;

void roofline_error_free(roofline_error *error);

/// A text that the library made.
void roofline_text_free(char *text);

/// The version of the program; to be freed by `roofline_text_free`.
char *roofline_version(void);

// Catalogs: names of models, devices and engines

typedef struct roofline_catalog roofline_catalog;

/// The built-in catalog behind `count` folders of the user's, the first of which come first.
roofline_error *roofline_catalog_new(const char *const *folders, int64_t count, roofline_catalog **catalog);

/// Has a model go by `name`: `json` is a Hugging Face configuration, or what a model file holds.
roofline_error *roofline_catalog_define(roofline_catalog *catalog, const char *name, const char *json);

void roofline_catalog_free(roofline_catalog *catalog);

// Questions

typedef struct roofline_question roofline_question;

roofline_question *roofline_question_new(void);

/// Takes `count` texts for an option of the program by its name without dashes, as `text-tokens` with `16..64:16`.
roofline_error *roofline_question_set(
    roofline_question *question, const char *option, const char *const *texts, int64_t count);

void roofline_question_free(roofline_question *question);

// Tables of rows

typedef struct roofline_table roofline_table;

typedef enum roofline_kind {
  ROOFLINE_TEXT = 0,    ///< texts
  ROOFLINE_BOOLEAN = 1, ///< true or false
  ROOFLINE_COUNT = 2,   ///< whole numbers
  ROOFLINE_NUMBER = 3,  ///< numbers in base units
  ROOFLINE_JSON = 4,    ///< lists and records as JSON
} roofline_kind;

/// A column, row by row.
typedef struct roofline_column {
  const char *key;          ///< its key in the program's JSON
  int32_t kind;             ///< a `roofline_kind`
  int64_t rows;             ///< how many rows there are
  int64_t nulls;            ///< how many of them have no value
  const double *numbers;    ///< NaN for no value; of counts and numbers
  const int64_t *counts;    ///< the same of counts without nulls, else NULL
  const int32_t *codes;     ///< places in `texts`, -1 for no value, of texts and JSON; 0, 1 or -1 of booleans
  const char *const *texts; ///< the different texts
  int64_t text_count;       ///< how many there are
} roofline_column;

/// Asked up to ten times a second while rows are made, on any thread, one at a time; where it says yes, no more are made.
typedef int32_t (*roofline_stop)(void *context);

/// The rows that answer a question, as the program has them in JSON. `what` is `estimate`, `operators`, `compare`,
/// `simulate` or `plan`, which takes the one tensor parallelism that the question says; `stop` may be NULL.
roofline_error *roofline_ask(
    const roofline_catalog *catalog, const roofline_question *question, const char *what, roofline_stop stop,
    void *context, roofline_table **table);

/// `models`, `hardware`, `engines`, `reducers` or `columns`, as `roofline list` has them.
roofline_error *roofline_list(const roofline_catalog *catalog, const char *what, roofline_table **table);

/// All that is known of a model, a device or an engine, as `roofline show` has it.
roofline_error *roofline_show(const roofline_catalog *catalog, const char *name, roofline_table **table);

/// The columns of a table, and how many rows it has.
int64_t roofline_table_columns(const roofline_table *table);
int64_t roofline_table_rows(const roofline_table *table);

/// The column at a place from 0.
roofline_error *roofline_table_column(const roofline_table *table, int64_t place, roofline_column *column);
/// What was left out, as a JSON list of texts; and all else that the program's JSON has beside the rows, as an object. To
/// be freed by `roofline_text_free`.
char *roofline_table_omissions(const roofline_table *table);
char *roofline_table_details(const roofline_table *table);
void roofline_table_free(roofline_table *table);

/// The answer in a format of the program: `table`, `markdown`, `csv`, `json`, `jsonl`, `svg` or `html`. `chart` is one of
/// `--chart`, or NULL. To be freed by `roofline_text_free`.
roofline_error *roofline_render(
    const roofline_catalog *catalog, const roofline_question *question, const char *what, const char *format,
    const char *chart, char **text);

// Requests: estimates one by one, of one model on one device

typedef struct roofline_requests roofline_requests;
typedef struct roofline_estimate roofline_estimate;

/// Lengths of a request.
typedef struct roofline_lengths {
  int64_t visual_tokens; ///< negative for what the question says
  int64_t text_tokens;   ///< of a sequence
  int64_t batch;         ///< sequences
  int64_t output_tokens; ///< to generate for a sequence, 0 for a prefill alone
  int64_t context;       ///< in the cache before
} roofline_lengths;

/// An operator of a reducer that the caller runs, counted for one image.
typedef struct roofline_operator {
  double flops;        ///< of matrix products
  double vector_flops; ///< others
  double reads;        ///< numbers that it reads
  double writes;       ///< numbers that it writes
} roofline_operator;

/// What a reducer of the caller's leaves of an image.
typedef struct roofline_reducer {
  const char *name;
  int64_t kept;                      ///< patches that tokens stand for
  int64_t count;                     ///< tokens
  int32_t reads_last_layer;          ///< whether the encoder's last layer runs for it alone
  const roofline_operator *operators;
  int64_t operator_count;
} roofline_reducer;

/// Of a question about one model, one device, one precision and so on.
roofline_error *roofline_requests_new(
    const roofline_catalog *catalog, const roofline_question *question, roofline_requests **requests);

/// The lengths that the question says, where it says one of each.
roofline_error *roofline_requests_lengths(const roofline_requests *requests, roofline_lengths *lengths);

roofline_error *roofline_requests_estimate(
    const roofline_requests *requests, int64_t visual_tokens, int64_t text_tokens, int64_t batch,
    int64_t output_tokens, int64_t context, roofline_estimate **estimate);

/// The same after a reducer of the caller's.
roofline_error *roofline_requests_reduced(
    const roofline_requests *requests, const roofline_reducer *reducer, const roofline_lengths *lengths,
    roofline_estimate **estimate);

void roofline_requests_free(roofline_requests *requests);

/// The number and the kind of a column by its key or heading, as for `--columns`.
roofline_error *roofline_figure_find(const char *name, int32_t *figure, int32_t *kind);

/// A figure of an estimate: its value in `number` (1 or 0 of booleans), or in `text`, to be freed by
/// `roofline_text_free`. Returns its kind, or -1 where it has no value.
int32_t roofline_estimate_figure(const roofline_estimate *estimate, int32_t figure, double *number, char **text);

/// The operators of the estimate, and those of a step of decoding, from 1; 0 for the last step.
roofline_error *roofline_estimate_operators(const roofline_estimate *estimate, int64_t step, roofline_table **table);

void roofline_estimate_free(roofline_estimate *estimate);

// Features and reducers

typedef enum roofline_format { ROOFLINE_F32 = 0, ROOFLINE_F16 = 1, ROOFLINE_BF16 = 2 } roofline_format;

/// Rows of numbers, one after the other. It is read where it lies if it is F32, and not after the call.
typedef struct roofline_matrix {
  const void *numbers;  ///< NULL for no matrix
  int32_t format;       ///< a `roofline_format`
  int64_t rows, columns;
} roofline_matrix;

/// What a vision encoder says of one image; row 0 is the class token's.
typedef struct roofline_features {
  const char *name;            ///< in errors
  roofline_matrix keys;        ///< [patches + 1, width]
  roofline_matrix class_query; ///< [1, width]
  roofline_matrix tokens;      ///< [patches + 1, width]
  roofline_matrix penultimate_keys, penultimate_class_query; ///< of the layer before, or none
  int64_t grid_rows, grid_columns; ///< how the patches lie; 0 for a square
  int64_t heads;                   ///< of attention; 0 for one of every 64 of the width
} roofline_features;

typedef struct roofline_reduction roofline_reduction;

/// What a reducer left.
typedef struct roofline_left {
  const float *tokens;         ///< [count, width]
  int64_t count, width;
  const int64_t *kept;         ///< the patches that the first tokens stand for, from 0; -1 for the class token
  int64_t kept_count;
  const int64_t *assignment;   ///< the token that each patch went into, -1 if it was dropped; NULL for methods that merge none
  int64_t assignment_count;
  const char *note;            ///< what the user should know, or NULL
  double seconds;              ///< that the method itself took
} roofline_left;

roofline_error *roofline_reduce(
    const roofline_features *features, const char *reducer, roofline_reduction **reduction);
roofline_error *roofline_reduction_left(const roofline_reduction *reduction, roofline_left *left);
void roofline_reduction_free(roofline_reduction *reduction);

typedef struct roofline_encoding roofline_encoding;
typedef struct roofline_encoder roofline_encoder;

/// The features of a built-in sample, or of a safetensors file.
roofline_error *roofline_sample(const char *name, roofline_encoding **encoding);
roofline_error *roofline_features_read(const char *path, roofline_encoding **encoding);

/// A vision tower: the folder of a Hugging Face model, or its name in the local cache of the hub. OpenBLAS must be there.
roofline_error *roofline_encoder_new(const char *name, int64_t threads, roofline_encoder **encoder);

/// What a tower says of a picture: the bytes of a JPEG or PNG file; `name` is for errors.
roofline_error *roofline_encode(
    const roofline_encoder *encoder, const uint8_t *bytes, int64_t count, const char *name,
    roofline_encoding **encoding);

/// The features that a handle holds; all F32.
roofline_error *roofline_encoding_features(const roofline_encoding *encoding, roofline_features *features);
void roofline_encoding_free(roofline_encoding *encoding);
void roofline_encoder_free(roofline_encoder *encoder);

#ifdef __cplusplus
}
#endif
