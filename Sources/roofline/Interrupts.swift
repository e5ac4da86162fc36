#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif
internal import RooflineKit

/// Ctrl-C, a request to terminate, a terminal that is closed, and whatever else ends a program from outside.
///
/// A thread of its own waits for these signals, which all others hold back, so that nothing happens in the midst of
/// anything: what is not finished is removed, and what is finished has been reported.
enum Interrupts {
  private struct State {
    /// Whether the first signal is only noted, and the one that was.
    var isHeld = false
    var received: Int32?
    /// Whether something is under way that is done whole or not at all, and whether the program ends.
    var isBusy = false
    var isEnding = false
  }

  private static let state = Locked(State())

  /// Waits for signals from now on, but those that whoever started this program has it ignore. For the main thread,
  /// before there are others.
  static func prepare() {
    atexit { OutputFile.abandonAll() }
    var signals = watched
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    if !startWatching() { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
  }

  /// From now on the first signal does not end the program, but is pending: there is work whose result so far should not
  /// be lost.
  static func hold() { state.withLock { $0.isHeld = true } }

  /// Whether it was Ctrl-C, after which people want what is done; whoever ends the program otherwise does not.
  static var keepsResults: Bool { state.withLock { $0.received == SIGINT } }

  /// Whether a signal has come since `hold`. The next one ends the program at once.
  static var isPending: Bool { state.withLock { $0.received != nil } }

  /// Does what belongs together, as a file that is finished and the line that says so: no signal comes between, unless
  /// it takes longer than a second.
  static func uninterrupted<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
    let isEnding = state.withLock { state in
      state.isBusy = !state.isEnding
      return state.isEnding
    }
    while isEnding { pause() }
    defer { state.withLock { $0.isBusy = false } }
    try body()
  }

  /// Ends the program as a signal would, without waiting for threads that are at work: 130 after Ctrl-C.
  static func leave() -> Never {
    OutputFile.abandonAll()
    _exit(128 + (state.withLock { $0.received } ?? SIGINT))
  }

  /// All signals by which somebody ends a program that does not handle them, but KILL, which nobody can. Those of faults
  /// are `FatalSignals`; PIPE and XFSZ are errors of writing (`Console.prepare`).
  private static let ending: [Int32] = {
    let everywhere = [
      SIGHUP, SIGINT, SIGQUIT, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGVTALRM, SIGPROF,
    ]
    #if os(Linux)
      // The last ones are those that have no names.
      return everywhere + [SIGPOLL, SIGPWR, SIGSTKFLT] + Array(__libc_current_sigrtmin()...__libc_current_sigrtmax())
    #else
      return everywhere
    #endif
  }()

  /// The signals that are waited for.
  private static var watched: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in ending where !isIgnored(signal) { sigaddset(&set, signal) }
    return set
  }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(signal, nil, &action) == 0 else { return false }
    #if canImport(Darwin)
      return unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self) == 1
    #else
      return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    #endif
  }

  private static func startWatching() -> Bool {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 256 << 10)
    return pthread_create(&thread, &attributes, { _ in Interrupts.watch() }, nil) == 0
  }

  private static func watch() -> Never {
    var signals = watched
    while true {
      var signal: Int32 = 0
      guard sigwait(&signals, &signal) == 0 else { continue }
      let isNoted = state.withLock { state in
        state.isEnding = !state.isHeld || state.received != nil
        if !state.isEnding { state.received = signal }
        return !state.isEnding
      }
      if !isNoted { end(by: signal) }
      if !isOver(within: grace) { end(by: signal) }
    }
  }

  private static func restoreDefault(of number: Int32) { signal(number, SIG_DFL) }

  /// So long, in tenths of a second, does the program have after the first signal to finish what it has done: it may wait
  /// for a reader that reads no more.
  private static let grace = 30

  /// Waits for another signal, which `watch` then takes.
  ///
  /// - Returns: false if none came in so many tenths of a second.
  private static func isOver(within tenths: Int) -> Bool {
    for _ in 0..<tenths {
      usleep(100_000)
      var pending = sigset_t()
      sigpending(&pending)
      if [SIGINT, SIGTERM, SIGHUP].contains(where: { sigismember(&pending, $0) == 1 }) { return true }
    }
    return false
  }

  /// Ends the program by a signal that nobody handles.
  private static func end(by signal: Int32) -> Never {
    for _ in 0..<1000 where state.withLock({ $0.isBusy }) { usleep(1000) }
    OutputFile.abandonAll()
    // Swift's runtime may have a handler of its own, which takes SIGQUIT for a crash and starts a debugger.
    Self.restoreDefault(of: signal)
    var signals = watched
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    raise(signal)
    _exit(128 + signal)
  }
}
