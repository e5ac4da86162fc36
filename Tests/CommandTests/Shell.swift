import Foundation
import Testing

extension Command {
  /// Runs a script of the shell in a folder; "$roofline" is the command. For limits, and names that are not UTF-8.
  static func shell(_ script: String, folder: String) throws -> Run {
    let path = try executable().path
    return try run(["-c", script], environment: ["roofline": path], folder: folder, executable: "/bin/sh")
  }
}
