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

  /// Pairs of outputs that are one file.
  static let same = [
    ["--output", "x.csv", "--request-rows", "x.csv"], ["--timeline", "x.csv", "--request-rows", "./x.csv"],
    ["--passes", "old.csv", "--output", "link.csv"], ["--passes", "old.csv", "--timeline", "hard.csv"],
    ["--passes", "dangling.csv", "--output", "gone.csv"], ["--request-rows", "-"], ["--timeline", "/dev/stdout"],
    ["--timeline", "-", "--passes", "/dev/fd/1", "--output", "y.csv"],
  ]

  @Test("two outputs of one call that are one file are refused, and nothing is written", arguments: same)
  func sameFile(_ outputs: [String]) throws {
    try folder.write("old.csv", Array("old".utf8))
    let files = FileManager.default
    try files.createSymbolicLink(atPath: "\(folder.path)/link.csv", withDestinationPath: "old.csv")
    try files.createSymbolicLink(atPath: "\(folder.path)/dangling.csv", withDestinationPath: "gone.csv")
    try files.linkItem(atPath: "\(folder.path)/old.csv", toPath: "\(folder.path)/hard.csv")
    let before = try folder.contents()
    let fleet = ["--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--tokens", "none", "--precision", "bf16"]
    let call = ["simulate"] + fleet + ["--generate", "2", "--rate", "1", "--requests", "5"]
    let run = try Command.run(call + outputs, folder: folder.path)
    #expect(run.code == 64 && run.output == "", "\(run.error)")
    #expect(run.error.contains("both write to ") && run.error.contains("Usage: roofline simulate"))
    #expect(try folder.contents() == before && folder.text("old.csv") == "old")
  }

  @Test("a plan's candidates and its answer, tensors and their count are two files")
  func otherPairs() throws {
    let plan = [
      "plan", "--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--generate", "2", "--rate", "1", "--ttft", "1s",
    ]
    for call in [plan + ["--output", "x.csv", "--candidates", "x.csv"], ["reduce", "--output", "/dev/stdout"]] {
      let run = try Command.run(call, folder: folder.path)
      #expect(run.code == 64 && run.error.contains("both write to "), "\(run.error)")
    }
    let run = try Command.shell("\"$roofline\" reduce --output x.safetensors > x.safetensors", folder: folder.path)
    #expect(run.code == 64 && run.error.contains("both write to x.safetensors"), "\(run.error)")
  }

  @Test("- is standard output for every output, and devices take any number of them")
  func standardOutput() throws {
    let fleet = ["--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--tokens", "none", "--precision", "bf16"]
    let call = ["simulate"] + fleet + ["--generate", "2", "--rate", "1", "--requests", "5"]
    let run = try Command.run(
      call + ["--request-rows", "-", "--output", "x.csv", "--passes", "/dev/null", "--timeline", "/dev/null"],
      folder: folder.path)
    #expect(run.code == 0 && run.output.split(separator: "\n").count == 6, "\(run.error)")
    #expect(try folder.contents() == ["x.csv"])
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
