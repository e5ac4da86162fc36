internal import CFiles

/// Signals that the system sends a program that cannot go on.
package enum FatalSignals {
  /// Has them remove the parts of files that are not finished first. Where one came of a file that was cut short while it
  /// was mapped, or of memory that is limited, that is said on standard error, and the status is 1. For commands.
  package static func handle() { files_handle_fatal_signals() }
}
