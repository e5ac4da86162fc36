import Foundation
import Testing

@Suite("Where the output goes")
struct OutputTests {
  private static let call = ["--model", "vicuna-7b", "--gpu", "v100", "--tokens", "576"]
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("the same from any folder")
  func anyFolder() throws {
    let run = try Command.run(Self.call)
    #expect(run.code == 0)
    for place in ["/", folder.path] {
      #expect(try Command.run(Self.call, folder: place).output == run.output)
    }
  }

  @Test("--output writes what standard output would get, in place of an old file, and nothing else")
  func file() throws {
    for format in ["table", "markdown", "csv", "json"] {
      let path = try folder.write("result", Array("old and longer than nothing".utf8))
      let call = Self.call + ["--format", format]
      let run = try Command.run(call + ["--output", path])
      #expect(run.code == 0 && run.output == "" && run.error == "")
      #expect(try folder.text("result") == Command.run(call).output)
      #expect(try folder.contents() == ["result"])
    }
  }

  @Test("a file that cannot be written is one error and leaves nothing behind")
  func unwritable() throws {
    let none = "\(folder.path)/none/result"
    for path in [none, folder.path, "/dev/full", "\(folder.path)/"] {
      expectDataError(try Command.run(Self.call + ["--output", path]), at: path, "")
    }
    expectDataError(try Command.run(["list", "models", "--output", none]), at: none, "cannot write")
    expectDataError(try Command.run(["show", "v100", "--output", none]), at: none, "cannot write")
    expectDataError(try Command.run(["operators"] + Self.call + ["--output", none]), at: none, "cannot write")
    expectDataError(try Command.run(["reduce", "--output", none]), at: none, "cannot write")
    #expect(try folder.contents() == [])
  }

  @Test("an error in the data leaves an old file as it was")
  func errorKeepsOldFile() throws {
    let path = try folder.write("result", Array("old".utf8))
    expectDataError(
      try Command.run(["--model", "none", "--gpu", "v100", "--output", path]), "unknown model \"none\"")
    #expect(try folder.text("result") == "old")
    #expect(try folder.contents() == ["result"])
  }

  @Test("a reader that has left, as `head -1` does, is an error, not a signal")
  func closedPipe() throws {
    for call in [Self.call, ["list", "hardware"], ["show", "v100"], ["operators"] + Self.call] {
      let pipe = Pipe()
      try pipe.fileHandleForReading.close()
      let run = try Command.run(call, output: pipe.fileHandleForWriting)
      try pipe.fileHandleForWriting.close()
      expectDataError(run, at: "standard output", "cannot write: Broken pipe")
    }
  }

  @Test("a full disk is an error", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func fullDisk() throws {
    let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
    expectDataError(try Command.run(Self.call, output: full), at: "standard output", "cannot write: No space left")
  }

  @Test("help and version are output, not errors")
  func help() throws {
    let version = try Command.output("--version")
    #expect(version.hasPrefix("roofline 0."))
    for call in [["--help"], ["help"], ["help", "operators"], ["reduce", "--help"], ["list", "-h"]] {
      let run = try Command.run(call)
      #expect(run.code == 0 && run.error == "" && run.output.contains("USAGE:"))
    }
  }
}
