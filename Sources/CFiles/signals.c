#include "CFiles.h"
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "notes.h"

// Only what may be called in a signal handler is called here.

static void say(const char *text) {
  ssize_t written = write(STDERR_FILENO, text, strlen(text));
  (void)written;
}

static int memory_is_limited(void) {
  const int kinds[] = {RLIMIT_AS, RLIMIT_DATA};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    struct rlimit limit;
    if (getrlimit(kinds[i], &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) return 1;
  }
  return 0;
}

static _Atomic int is_ending;
static _Thread_local int is_ending_here;

static void end(int number, siginfo_t *info, void *context) {
  (void)context;
  // What one thread ran into the others run into a moment later: the first one says what it was. A fault in here ends all.
  if (is_ending_here) {
    signal(number, SIG_DFL);
    raise(number);
  }
  if (atomic_exchange(&is_ending, 1)) for (;;) pause();
  is_ending_here = 1;
  files_remove_parts();
  const char *complaint = number == SIGBUS ? files_complaint(info->si_addr) : NULL;
  if (!complaint && memory_is_limited()) {
    complaint = "error: memory ran out, which is limited here; raise the limit (ulimit -v, ulimit -d)\n";
  }
  if (complaint) {
    say(complaint);
    _exit(1);
  }
  signal(number, SIG_DFL);
  raise(number);
}

void files_handle_fatal_signals(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = end;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  const int fatal[] = {SIGBUS, SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGFPE, SIGSYS};
  for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) sigaction(fatal[i], &action, NULL);
}
