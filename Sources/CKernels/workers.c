#include "CKernels.h"
#include <pthread.h>
#include <stdlib.h>

// A round of work is published under the lock; pieces are then taken one by one from a counter. A thread that has run
// out of pieces says so under the lock, and the last one to do so wakes the caller.

struct kernels_workers {
  pthread_mutex_t lock;
  pthread_cond_t published, finished;
  kernels_work work;
  void *context;
  long pieces, next;
  unsigned long round;
  int level, working, ending, threads;
  pthread_t handles[];
};

struct start {
  kernels_workers *workers;
  int thread;
};

static void take_pieces(kernels_workers *workers, int thread) {
  for (;;) {
    long piece = __atomic_fetch_add(&workers->next, 1, __ATOMIC_RELAXED);
    if (piece >= workers->pieces) return;
    workers->work(workers->context, piece, thread);
  }
}

static void *wait_for_work(void *argument) {
  struct start start = *(struct start *)argument;
  free(argument);
  kernels_workers *workers = start.workers;
  unsigned long seen = 0;
  pthread_mutex_lock(&workers->lock);
  for (;;) {
    while (workers->round == seen && !workers->ending) pthread_cond_wait(&workers->published, &workers->lock);
    if (workers->ending) break;
    seen = workers->round;
    kernels_use_level(workers->level);
    pthread_mutex_unlock(&workers->lock);
    take_pieces(workers, start.thread);
    pthread_mutex_lock(&workers->lock);
    if (--workers->working == 0) pthread_cond_signal(&workers->finished);
  }
  pthread_mutex_unlock(&workers->lock);
  return NULL;
}

kernels_workers *kernels_workers_start(int threads) {
  if (threads < 1) threads = 1;
  kernels_workers *workers = calloc(1, sizeof(kernels_workers) + (size_t)threads * sizeof(pthread_t));
  if (!workers) return NULL;
  pthread_mutex_init(&workers->lock, NULL);
  pthread_cond_init(&workers->published, NULL);
  pthread_cond_init(&workers->finished, NULL);
  // Products keep their blocks on the stack of some platforms; eight megabytes are what a main thread has.
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 8 << 20);
  for (workers->threads = 1; workers->threads < threads; workers->threads++) {
    struct start *start = malloc(sizeof(struct start));
    if (!start) break;
    *start = (struct start){workers, workers->threads};
    if (pthread_create(&workers->handles[workers->threads - 1], &attributes, wait_for_work, start)) {
      free(start);
      break;
    }
  }
  pthread_attr_destroy(&attributes);
  return workers;
}

int kernels_workers_count(const kernels_workers *workers) { return workers->threads; }

void kernels_workers_run(kernels_workers *workers, long pieces, kernels_work work, void *context) {
  if (pieces <= 0) return;
  if (pieces == 1 || workers->threads == 1) {
    for (long piece = 0; piece < pieces; piece++) work(context, piece, 0);
    return;
  }
  pthread_mutex_lock(&workers->lock);
  workers->work = work;
  workers->context = context;
  workers->level = kernels_level();
  workers->pieces = pieces;
  workers->next = 0;
  workers->working = workers->threads - 1;
  workers->round++;
  pthread_cond_broadcast(&workers->published);
  pthread_mutex_unlock(&workers->lock);
  take_pieces(workers, 0);
  pthread_mutex_lock(&workers->lock);
  while (workers->working > 0) pthread_cond_wait(&workers->finished, &workers->lock);
  pthread_mutex_unlock(&workers->lock);
}

void kernels_workers_stop(kernels_workers *workers) {
  pthread_mutex_lock(&workers->lock);
  workers->ending = 1;
  pthread_cond_broadcast(&workers->published);
  pthread_mutex_unlock(&workers->lock);
  for (int thread = 1; thread < workers->threads; thread++) pthread_join(workers->handles[thread - 1], NULL);
  pthread_mutex_destroy(&workers->lock);
  pthread_cond_destroy(&workers->published);
  pthread_cond_destroy(&workers->finished);
  free(workers);
}
