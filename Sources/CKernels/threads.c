// For the processors that a process may use, in <sched.h>.
#define _GNU_SOURCE
#include <pthread.h>
#include <unistd.h>
#if defined(__linux__)
  #include <sched.h>
#endif

#include "CKernels.h"

// Calls wait in a list for threads that share them; whoever is free takes the parts of the first one by one that may have
// another helper. A call lies on the stack of its caller, which does what nobody else has taken and leaves when those that
// came to help are done: a thread that the system has not woken yet finds nothing, and nobody waits for it.
typedef struct Call {
  struct Call *next;
  void *context;
  kernels_work work;
  long parts, taken;
  int level, wanted, came, here;
  pthread_cond_t left;
} Call;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t called = PTHREAD_COND_INITIALIZER;
static Call *calls;
/// The threads of the pool, and those that all calls at hand want together.
static int threads, demand;

// Does parts until all are taken.
static void take(Call *call, int thread) {
  for (long part; (part = __atomic_fetch_add(&call->taken, 1, __ATOMIC_RELAXED)) < call->parts;)
    call->work(call->context, part, thread);
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
    int thread = ++call->came;
    // Nobody else is wanted, or there is nothing left to do.
    if (thread >= call->wanted) withdraw(call);
    if (__atomic_load_n(&call->taken, __ATOMIC_RELAXED) >= call->parts) {
      withdraw(call);
      continue;
    }
    call->here++;
    pthread_mutex_unlock(&lock);
    kernels_use_level(call->level);
    take(call, thread);
    pthread_mutex_lock(&lock);
    withdraw(call);
    if (--call->here == 0) pthread_cond_signal(&call->left);
  }
  return unused;
}

// A child of this process has none of its threads: it starts with an empty pool.
static void hold(void) { pthread_mutex_lock(&lock); }
static void release(void) { pthread_mutex_unlock(&lock); }
static void begin_anew(void) {
  lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
  called = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
  calls = 0;
  threads = demand = 0;
}
__attribute__((constructor)) static void watch_forks(void) { pthread_atfork(hold, release, begin_anew); }

int kernels_start(void *context, void *(*body)(void *)) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // What a main thread has: products keep their blocks on the stack of some platforms.
  pthread_attr_setstacksize(&attributes, 8 << 20);
  pthread_t thread;
  int status = pthread_create(&thread, &attributes, body, context);
  pthread_attr_destroy(&attributes);
  return status == 0;
}

// Has as many threads in the pool as one call wants, and all calls together as far as there are processors for them; under
// the lock.
static void grow(int wanted) {
  int processors = kernels_processors() - 1, shared = demand < processors ? demand : processors;
  if (shared > wanted) wanted = shared;
  while (threads < wanted && threads < kernels_most_threads && kernels_start(0, help)) threads++;
}

void kernels_share(long parts, int most, void *context, kernels_work work) {
  long helpers = (most < parts ? most : parts) - 1;
  if (helpers <= 0) {
    for (long part = 0; part < parts; part++) work(context, part, 0);
    return;
  }
  Call call = {0, context, work, parts, 0, kernels_level(), (int)helpers, 0, 0, PTHREAD_COND_INITIALIZER};
  pthread_mutex_lock(&lock);
  demand += call.wanted;
  grow(call.wanted);
  Call **link = &calls;
  while (*link) link = &(*link)->next;
  *link = &call;
  for (int index = 0; index < call.wanted && index < threads; index++) pthread_cond_signal(&called);
  pthread_mutex_unlock(&lock);
  take(&call, 0);
  pthread_mutex_lock(&lock);
  withdraw(&call);
  demand -= call.wanted;
  while (call.here > 0) pthread_cond_wait(&call.left, &lock);
  pthread_mutex_unlock(&lock);
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
