#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Ctrl-C, and a request to terminate, while there is work whose result so far should not be lost.
///
/// No handler runs: the signals are held back and looked for.
enum Interrupts {
  /// The signal that came, if any.
  nonisolated(unsafe) private static var received: Int32?

  /// Holds the signals back from now on, in threads that start later, too; not those that whoever started this program
  /// has it ignore.
  static func hold() { change(SIG_BLOCK) }

  private static func change(_ how: Int32) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in [SIGINT, SIGTERM] where !isIgnored(signal) { sigaddset(&set, signal) }
    pthread_sigmask(how, &set, nil)
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

  /// Whether a signal has come. The next one ends the program at once.
  static var isPending: Bool {
    if received != nil { return true }
    var pending = sigset_t()
    sigpending(&pending)
    guard let signal = [SIGINT, SIGTERM].first(where: { sigismember(&pending, $0) == 1 && !isIgnored($0) }) else {
      return false
    }
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, signal)
    var taken: Int32 = 0
    sigwait(&set, &taken)
    received = signal
    change(SIG_UNBLOCK)
    return true
  }

  /// Ends the program as a signal would, without waiting for threads that are at work: 130 after Ctrl-C.
  static func leave() -> Never { _exit(128 + (received ?? SIGINT)) }
}
