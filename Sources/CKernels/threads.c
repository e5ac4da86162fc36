// For the processors that a process may use, in <sched.h>.
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>
#if defined(__linux__)
  #include <sched.h>
#endif

#include "CKernels.h"

/// The most threads that are started at a time.
#define MOST 64

typedef struct {
  void *context;
  void (*body)(void *, int);
  int part;
  int level;
  int isTaken;
} Call;

// Does a part, unless another thread took it first.
static void take(Call *call) {
  if (!__atomic_exchange_n(&call->isTaken, 1, __ATOMIC_RELAXED)) call->body(call->context, call->part);
}

static void *run(void *call) {
  kernels_use_level(((Call *)call)->level);
  take(call);
  return 0;
}

void kernels_parallel(int parts, void *context, void (*body)(void *, int)) {
  pthread_t threads[MOST];
  Call calls[MOST];
  int started = 0;
  while (started < parts - 1 && started < MOST) {
    calls[started] = (Call){context, body, started, kernels_level(), 0};
    if (pthread_create(&threads[started], 0, run, &calls[started])) break;
    started++;
  }
  for (int part = started; part < parts; part++) body(context, part);
  // A thread may have to wait for a processor that is busy otherwise: what has not begun by now is done here.
  for (int index = 0; index < started; index++) take(&calls[index]);
  for (int index = 0; index < started; index++) pthread_join(threads[index], 0);
}

int kernels_processors(void) {
#if defined(__linux__)
  cpu_set_t usable;
  if (!sched_getaffinity(0, sizeof usable, &usable)) return CPU_COUNT(&usable) > 0 ? CPU_COUNT(&usable) : 1;
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 && online < 4096 ? (int)online : 1;
}
