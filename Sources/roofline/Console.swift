#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif
internal import RooflineKit

/// Standard output and standard error.
enum Console {
  /// Lets a closed pipe, and a file that may not grow further, be an error of `write` instead of a signal, and has OpenBLAS
  /// start no thread before one is asked for: an encoder has its own.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    setenv("OPENBLAS_NUM_THREADS", "1", 0)
  }

  /// Writes a text of several lines, whose parts are fit to be shown, to standard output.
  static func write(_ text: String) throws(Diagnostic) {
    try Files.write(Array(text.utf8), to: STDOUT_FILENO, name: "standard output")
  }

  /// Writes bytes that are fit to be shown to standard output.
  static func write(_ bytes: [UInt8]) throws(Diagnostic) {
    try Files.write(bytes, to: STDOUT_FILENO, name: "standard output")
  }

  /// Writes a line to standard output.
  static func say(_ text: String) throws(Diagnostic) { try write("\(text.shown())\n") }

  /// Shows what is being done in one line of standard error, if that is a terminal, as much of it as the line holds; nil
  /// clears the line.
  static func progress(_ text: String?) {
    guard isatty(STDERR_FILENO) == 1 else { return }
    let line = text.map { String($0.prefix(errorWidth - 1)) } ?? ""
    try? Files.write(Array("\r\u{1B}[K\(line)".utf8), to: STDERR_FILENO, name: "standard error")
  }

  /// Writes a line to standard error, in place of what `progress` shows.
  static func complain(_ text: String) {
    progress(nil)
    try? Files.write(Array("\(text.shown())\n".utf8), to: STDERR_FILENO, name: "standard error")
  }

  /// Ends the program with exit status 1 after writing the error to standard error.
  static func fail(_ error: Diagnostic) -> Never {
    try? Files.write(Array("\(error.explanation)\n".utf8), to: STDERR_FILENO, name: "standard error")
    exit(1)
  }

  /// The columns of the terminal that standard error goes to; 80 where it is none.
  static var errorWidth: Int { columns(of: STDERR_FILENO) ?? 80 }

  /// The columns of the terminal that standard output goes to, or nil if it goes elsewhere.
  static var width: Int? {
    columns(of: STDOUT_FILENO)
  }

  private static func columns(of descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Whether to write in colour: on a terminal that can, unless NO_COLOR is set.
  static var usesColor: Bool {
    isatty(STDOUT_FILENO) == 1 && Environment["NO_COLOR"] == nil && Environment["TERM"] != "dumb"
  }
}
