import Foundation
import Testing

/// What a run of the command left behind.
struct Run {
  /// The exit code; negative if a signal ended the program.
  let code: Int32
  let output: String
  let error: String
}

/// The built command, run as a user runs it.
enum Command {
  /// A call that takes longer is stopped, which its test then sees as an exit by a signal.
  private static let patience = 30.0

  /// Runs `roofline` with the arguments, by default in the folder for temporary files.
  ///
  /// Neither ROOFLINE_CATALOG nor NO_COLOR is handed down from the environment of the tests.
  static func run(
    _ arguments: [String], environment: [String: String] = [:], folder: String = NSTemporaryDirectory(),
    output: FileHandle? = nil, interruptAfter seconds: Double? = nil, by signal: Int32 = SIGINT,
    executable path: String? = nil
  ) throws -> Run {
    let process = Process()
    process.executableURL = try path.map { URL(fileURLWithPath: $0) } ?? executable()
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let inherited = ProcessInfo.processInfo.environment.filter { !["ROOFLINE_CATALOG", "NO_COLOR"].contains($0.key) }
    process.environment = inherited.merging(environment) { $1 }
    // Files, since a pipe that nobody empties meanwhile would stop a long output.
    let results = try TemporaryFolder()
    let (out, error) = (try results.handle("out"), try results.handle("error"))
    process.standardOutput = output ?? out
    process.standardError = error
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let watch = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(deadline: .now() + patience, execute: watch)
    if let seconds {
      DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { kill(process.processIdentifier, signal) }
    }
    process.waitUntilExit()
    watch.cancel()
    let code = process.terminationStatus
    return Run(
      code: process.terminationReason == .exit ? code : -code, output: try results.text("out"),
      error: try results.text("error"))
  }

  /// Runs `roofline` with the arguments, which must succeed and say nothing on standard error; returns its output.
  static func output(
    _ arguments: String..., environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let run = try run(arguments, environment: environment)
    #expect(run.code == 0, "\(run.error)", sourceLocation: sourceLocation)
    #expect(run.error == "", sourceLocation: sourceLocation)
    return run.output
  }

  /// The rows that `roofline ... --format json` prints, as another JSON reader sees them.
  static func rows(
    _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [[String: Any]] {
    try rows(arguments, sourceLocation: sourceLocation)
  }

  /// The same of arguments that are at hand.
  static func rows(
    _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [[String: Any]] {
    let run = try run(arguments + ["--format", "json"])
    #expect(run.code == 0, "\(run.error)", sourceLocation: sourceLocation)
    let object = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    #expect(object?["schema"] as? String == "roofline/2", sourceLocation: sourceLocation)
    return try #require(object?["rows"] as? [[String: Any]], sourceLocation: sourceLocation)
  }

  /// The executable beside the test bundle, whose path is among the arguments of the process that runs the tests.
  static func executable() throws -> URL {
    for argument in CommandLine.arguments {
      var folder = URL(fileURLWithPath: argument).deletingLastPathComponent()
      for _ in 0..<4 {
        let candidate = folder.appendingPathComponent("roofline")
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue {
          return candidate
        }
        folder.deleteLastPathComponent()
      }
    }
    throw MissingExecutable()
  }

  private struct MissingExecutable: Error, CustomStringConvertible {
    var description: String { "there is no roofline beside \(CommandLine.arguments)" }
  }
}

/// A folder that is removed with its last user.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "roofline-command-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, making the folders on its way; returns its path.
  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }

  /// The text of a file.
  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")), as: UTF8.self)
  }

  /// A new file, open for writing.
  func handle(_ name: String) throws -> FileHandle {
    try write(name, [])
    return try #require(FileHandle(forWritingAtPath: "\(path)/\(name)"))
  }

  /// The names in the folder, sorted.
  func contents() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}
