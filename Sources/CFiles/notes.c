#include "CFiles.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notes.h"

// The notes are a list that only grows; one that is forgotten is used again, so that a handler may walk along at any
// time.

struct files_note {
  files_note *next;
  _Atomic int kind;
  const char *start;
  size_t count;
  char text[4096 + 256];
};

static _Atomic(files_note *) first;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

enum { UNUSED, TAKEN, PART, MAPPING };

static files_note *take(void) {
  pthread_mutex_lock(&lock);
  files_note *note = atomic_load(&first);
  while (note && atomic_load(&note->kind) != UNUSED) note = note->next;
  if (note) {
    atomic_store(&note->kind, TAKEN);
  } else if ((note = calloc(1, sizeof *note))) {
    atomic_store(&note->kind, TAKEN);
    note->next = atomic_load(&first);
    atomic_store(&first, note);
  }
  pthread_mutex_unlock(&lock);
  return note;
}

files_note *files_note_part(const char *path) {
  files_note *note = take();
  if (!note) return NULL;
  // A path that is longer is longer than the system takes.
  strncpy(note->text, path, sizeof note->text - 1);
  atomic_store(&note->kind, PART);
  return note;
}

files_note *files_note_mapping(const void *start, size_t count, const char *complaint) {
  files_note *note = take();
  if (!note) return NULL;
  strncpy(note->text, complaint, sizeof note->text - 1);
  note->start = start;
  note->count = count;
  atomic_store(&note->kind, MAPPING);
  return note;
}

void files_forget(files_note *note) {
  if (note) atomic_store(&note->kind, UNUSED);
}

void files_remove_parts(void) {
  for (files_note *note = atomic_load(&first); note; note = note->next) {
    if (atomic_load(&note->kind) == PART) unlink(note->text);
  }
}

const char *files_complaint(const void *address) {
  for (files_note *note = atomic_load(&first); note; note = note->next) {
    if (atomic_load(&note->kind) != MAPPING) continue;
    uintptr_t start = (uintptr_t)note->start, place = (uintptr_t)address;
    if (place >= start && place - start < note->count) return note->text;
  }
  return NULL;
}
