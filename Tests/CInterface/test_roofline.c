// Calls libroofline as a C program does: an estimate, a sweep, reducers, errors, eight threads, a fork.
//
//     cc -pthread -I Sources/CRoofline/include Tests/CInterface/test_roofline.c PATH/libroofline.so -lm && ./a.out
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "roofline.h"

#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                  \
    }                                                                           \
  } while (0)

static void ok(roofline_error *error) {
  if (!error) return;
  fprintf(stderr, "unexpected: %s\n", error->explanation);
  exit(1);
}

static roofline_question *ask_for(const char *const *options) {
  roofline_question *question = roofline_question_new();
  for (; options[0]; options += 2) ok(roofline_question_set(question, options[0], &options[1], 1));
  return question;
}

static double figure(const roofline_estimate *estimate, const char *name) {
  int32_t number, kind;
  double value = NAN;
  char *text = NULL;
  ok(roofline_figure_find(name, &number, &kind));
  roofline_estimate_figure(estimate, number, &value, &text);
  roofline_text_free(text);
  return value;
}

static roofline_requests *requests;

static void *estimate_many(void *sum) {
  for (int text = 1; text <= 200; text++) {
    roofline_estimate *estimate;
    ok(roofline_requests_estimate(requests, 576, text, 1, 0, 0, &estimate));
    *(double *)sum += figure(estimate, "TTFT");
    roofline_estimate_free(estimate);
  }
  return NULL;
}

static void test_estimates(const roofline_catalog *catalog) {
  const char *const options[] = {"model", "llava-1.5-7b", "gpu", "a100-80gb", "precision", "fp16", "tokens", "full", NULL};
  roofline_question *question = ask_for(options);
  ok(roofline_requests_new(catalog, question, &requests));
  roofline_estimate *estimate;
  ok(roofline_requests_estimate(requests, -1, 40, 1, 0, 0, &estimate));
  // LLaVA-1.5 reads 24 x 24 patches of an image.
  CHECK(figure(estimate, "visual_tokens") == 576);
  CHECK(figure(estimate, "tokens") == 616);
  CHECK(figure(estimate, "TTFT") > figure(estimate, "ideal TTFT"));
  CHECK(isnan(figure(estimate, "TPOT")));
  roofline_estimate_free(estimate);

  roofline_error *error = roofline_requests_estimate(requests, -1, -5, 1, 0, 0, &estimate);
  CHECK(error && error->message[0] && error->line == 0);
  roofline_error_free(error);

  // A reducer of the caller's: 64 tokens, 1 MFLOP that one operator takes.
  const roofline_operator step = {1e6, 0, 1000, 1000};
  const roofline_reducer reducer = {"mine", 64, 64, 0, &step, 1};
  const roofline_lengths lengths = {-1, 40, 1, 0, 0};
  ok(roofline_requests_reduced(requests, &reducer, &lengths, &estimate));
  CHECK(figure(estimate, "visual_tokens") == 64);
  CHECK(figure(estimate, "speed-up") > 1);
  roofline_estimate_free(estimate);

  double sums[9] = {0};
  pthread_t threads[8];
  estimate_many(&sums[8]);
  for (int thread = 0; thread < 8; thread++) pthread_create(&threads[thread], NULL, estimate_many, &sums[thread]);
  for (int thread = 0; thread < 8; thread++) pthread_join(threads[thread], NULL);
  for (int thread = 0; thread < 8; thread++) CHECK(sums[thread] == sums[8]);
  roofline_requests_free(requests);
  roofline_question_free(question);
}

static int64_t rows_of(const roofline_catalog *catalog, const char *batches) {
  const char *const options[] = {"model", "vicuna-7b", "gpu", "v100", "tokens", "16,32", "batch", batches, NULL};
  roofline_question *question = ask_for(options);
  roofline_table *table;
  ok(roofline_ask(catalog, question, "estimate", NULL, NULL, &table));
  int64_t rows = roofline_table_rows(table), found = 0;
  for (int64_t place = 0; place < roofline_table_columns(table); place++) {
    roofline_column column;
    ok(roofline_table_column(table, place, &column));
    CHECK(column.rows == rows);
    if (strcmp(column.key, "batch") == 0) {
      CHECK(column.kind == ROOFLINE_COUNT && column.counts && column.counts[0] == 1);
      found++;
    }
    if (strcmp(column.key, "hardware") == 0) {
      CHECK(column.text_count == 1 && strcmp(column.texts[column.codes[rows - 1]], "v100") == 0);
      found++;
    }
  }
  CHECK(found == 2);
  roofline_column none;
  roofline_error *error = roofline_table_column(table, 100000, &none);
  CHECK(error);
  roofline_error_free(error);
  roofline_table_free(table);
  roofline_question_free(question);
  return rows;
}

static void test_reducers(void) {
  roofline_encoding *sample;
  roofline_features features;
  roofline_reduction *reduction;
  roofline_left left;
  ok(roofline_sample("text", &sample));
  ok(roofline_encoding_features(sample, &features));
  CHECK(features.keys.rows == 577 && features.keys.columns == 1024);
  ok(roofline_reduce(&features, "prumerge", &reduction));
  ok(roofline_reduction_left(reduction, &left));
  // The sample is laid out to have 40 salient patches, and one token stands for the rest.
  CHECK(left.kept_count == 40 && left.count == 41 && left.width == 1024);
  roofline_reduction_free(reduction);

  float *keys = malloc(577 * 1024 * sizeof *keys);
  memcpy(keys, features.keys.numbers, 577 * 1024 * sizeof *keys);
  keys[3 * 1024 + 5] = NAN;
  features.keys.numbers = keys;
  roofline_error *error = roofline_reduce(&features, "prumerge", &reduction);
  CHECK(error && strstr(error->message, "row 3, column 5"));
  roofline_error_free(error);
  features.keys.rows = 576;
  error = roofline_reduce(&features, "prumerge", &reduction);
  CHECK(error && strstr(error->message, "[576, 1024]"));
  roofline_error_free(error);
  free(keys);
  roofline_encoding_free(sample);
}

int main(void) {
  CHECK(roofline_interface() == ROOFLINE_INTERFACE);
  roofline_catalog *catalog;
  ok(roofline_catalog_new(NULL, 0, &catalog));
  test_estimates(catalog);
  // Two precisions, two numbers of tokens, 64 batches.
  CHECK(rows_of(catalog, "1..64") == 256);
  test_reducers();

  roofline_error *error = roofline_catalog_define(catalog, "broken", "{\"model_type\": \"llama\",\n  \"hidden_size\": true}");
  CHECK(error && error->line > 0 && strcmp(error->file, "broken") == 0);
  roofline_error_free(error);
  roofline_question *question = roofline_question_new();
  const char *nothing = "1";
  error = roofline_question_set(question, "bach", &nothing, 1);
  CHECK(error && error->advice && strstr(error->advice, "batch"));
  roofline_error_free(error);
  roofline_question_free(question);

  // The pool's threads are not in a child, which starts its own.
  pid_t child = fork();
  if (child == 0) {
    alarm(60);
    CHECK(rows_of(catalog, "1..64") == 256);
    test_reducers();
    _exit(0);
  }
  int status;
  CHECK(waitpid(child, &status, 0) == child && status == 0);
  roofline_catalog_free(catalog);
  roofline_catalog_free(NULL);
  puts("libroofline does what its header says");
  return 0;
}
