// For the processors that a process may use, in <sched.h>.
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>
#if defined(__linux__)
  #include <sched.h>
#endif

#include "CKernels.h"

/// The most threads that are ever started beside those that call.
#define MOST 64

// Calls wait in a list for threads that share them; whoever is free takes the parts of the first one by one. A call lies
// on the stack of its caller, which does what nobody else has taken and leaves when those that came to help are done:
// a thread that the system has not woken yet finds nothing, and nobody waits for it.
typedef struct Call {
  struct Call *next;
  void *context;
  void (*body)(void *, int);
  int parts, taken, level, helpers;
  pthread_cond_t left;
} Call;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t called = PTHREAD_COND_INITIALIZER;
static Call *calls;
static int threads;

// Does parts until all are taken.
static void take(Call *call) {
  for (int part; (part = __atomic_fetch_add(&call->taken, 1, __ATOMIC_RELAXED)) < call->parts;)
    call->body(call->context, part);
}

// Takes a call off the list, if it is on it still.
static void withdraw(Call *call) {
  Call **link = &calls;
  while (*link && *link != call) link = &(*link)->next;
  if (*link) *link = call->next;
}

// Helps whoever calls, for as long as the process lives.
static void *help(void *unused) {
  pthread_mutex_lock(&lock);
  for (;;) {
    while (!calls) pthread_cond_wait(&called, &lock);
    Call *call = calls;
    if (__atomic_load_n(&call->taken, __ATOMIC_RELAXED) >= call->parts) {
      withdraw(call);
      continue;
    }
    call->helpers++;
    pthread_mutex_unlock(&lock);
    kernels_use_level(call->level);
    take(call);
    pthread_mutex_lock(&lock);
    withdraw(call);
    if (--call->helpers == 0) pthread_cond_signal(&call->left);
  }
  return unused;
}

// Has as many threads as are wanted, if the system gives so many; under the lock.
static void start(int wanted) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  while (threads < wanted && threads < MOST && !pthread_create(&thread, &attributes, help, 0)) threads++;
  pthread_attr_destroy(&attributes);
}

void kernels_parallel(int parts, void *context, void (*body)(void *, int)) {
  Call call = {0, context, body, parts, 0, kernels_level(), 0, PTHREAD_COND_INITIALIZER};
  if (parts > 1) {
    pthread_mutex_lock(&lock);
    start(parts - 1);
    Call **link = &calls;
    while (*link) link = &(*link)->next;
    *link = &call;
    for (int index = 1; index < parts && index <= threads; index++) pthread_cond_signal(&called);
    pthread_mutex_unlock(&lock);
  }
  take(&call);
  if (parts > 1) {
    pthread_mutex_lock(&lock);
    withdraw(&call);
    while (call.helpers > 0) pthread_cond_wait(&call.left, &lock);
    pthread_mutex_unlock(&lock);
  }
  pthread_cond_destroy(&call.left);
}

int kernels_processors(void) {
#if defined(__linux__)
  cpu_set_t usable;
  if (!sched_getaffinity(0, sizeof usable, &usable)) return CPU_COUNT(&usable) > 0 ? CPU_COUNT(&usable) : 1;
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 && online < 4096 ? (int)online : 1;
}
