import Foundation
import Testing

@Suite("Wrong files")
struct WrongFileTests {
  @Test("the samples that the other tests spoil are sound", arguments: FileKind.allCases, FileKind.Access.allCases)
  func sound(kind: FileKind, access: FileKind.Access) throws {
    let (run, _) = try kind.run(kind.sample.utf8, as: access)
    #expect(run.code == 0, "\(run.error)")
    #expect(run.error == "")
    #expect(run.output.contains(kind == .hardware ? "My GPU" : "My model"))
  }

  /// A text that is wrong in any file, and where and how its error begins.
  struct Spoilt: Sendable {
    var text: String
    /// `line:column`, or nil for an error about the whole file.
    var place: String?
    var message: String

    init(_ text: String, _ place: String?, _ message: String) {
      (self.text, self.place, self.message) = (text, place, message)
    }
  }

  @Test(
    "what no YAML file may hold",
    arguments: [
      Spoilt("", nil, "is empty; expected a YAML mapping"),
      Spoilt("# nothing\n", nil, "is empty; expected a YAML mapping"),
      Spoilt("a: &x [*x]\n", "1:8", "YAML aliases (*name) are not accepted here"),
      Spoilt("a: &x\n  b: *x\n", "2:6", "YAML aliases (*name) are not accepted here"),
      Spoilt("name: x\ntitle: y\nname: z\n", "3:1", "duplicate key \"name\"; it already stands in line 1"),
      Spoilt("name: x\nmemory:\n\tbandwidth: 1\n", "3:1", "indent with spaces, YAML forbids tabs"),
      Spoilt("- a\n- b\n", "1:1", "to be a mapping of keys to values, found a list"),
      Spoilt("just words\n", "1:1", "to be a mapping of keys to values, found \"just words\""),
      Spoilt("a: !include b\n", "1:4", "YAML tags (!name) are not accepted here"),
      Spoilt("a: 1\n---\nb: 2\n", "2:1", "expected a single YAML document"),
      Spoilt("a: \"open\n", "2:1", "malformed YAML: "),
      Spoilt("a: \u{0}\n", "1:4", "control characters are not allowed"),
      Spoilt(String(repeating: "[", count: 1 << 20), "1:65", "nested deeper than 64 levels"),
      Spoilt("<<: { name: x }\n", "1:1", "unknown key \"<<\""),
    ], FileKind.allCases)
  func malformed(spoilt: Spoilt, kind: FileKind) throws {
    for access in [FileKind.Access.path, .catalog] {
      let (run, file) = try kind.run(spoilt.text.utf8, as: access)
      expectDataError(run, at: spoilt.place.map { "\(file):\($0)" } ?? file, spoilt.message)
    }
  }

  @Test("bytes that are no UTF-8", arguments: FileKind.allCases)
  func encoding(kind: FileKind) throws {
    let (run, file) = try kind.run(Array("name: x\ntitle: ".utf8) + [0xFF, 0xFE], as: .path)
    expectDataError(run, at: "\(file):2:8", "malformed YAML: invalid leading UTF-8 octet")
  }

  @Test("100 MB of brackets are refused by their size", arguments: FileKind.allCases)
  func hundredMegabytes(kind: FileKind) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("\(kind.rawValue)/\(kind.name).yaml", [])
    // A hundred pieces, so that the test itself stays small.
    let handle = try #require(FileHandle(forWritingAtPath: file))
    let piece = Data(repeating: UInt8(ascii: "["), count: 1_000_000)
    for _ in 0..<100 { try handle.write(contentsOf: piece) }
    try handle.close()
    let message = "has 100000000 bytes; at most 1048576 are read here"
    expectDataError(try Command.run(kind.arguments(file)), at: file, message)
    expectDataError(try Command.run(kind.arguments(kind.name) + ["--catalog", folder.path]), at: file, message)
    expectDataError(try Command.run(["show", file]), at: file, message)
  }

  @Test("JSON files have their errors placed as well", arguments: FileKind.allCases)
  func json(kind: FileKind) throws {
    for (text, place, message) in [
      ("{\"name\": \"x\",\n \"name\": \"y\"}", "2:2", "duplicate key \"name\"; it already stands in line 1"),
      ("{\"name\": }", "1:10", "malformed JSON: expected a value, found \"}\""),
      (String(repeating: "[", count: 1 << 20), "1:65", "nested deeper than 64 levels"),
    ] {
      for access in [FileKind.Access.path, .catalog] {
        let (run, file) = try kind.run(text.utf8, as: access, ending: "json")
        expectDataError(run, at: "\(file):\(place)", message)
      }
    }
    let (run, file) = try kind.run([], as: .path, ending: "json")
    expectDataError(run, at: file, "is empty; expected JSON")
  }

  @Test("a folder, a device or a pipe where a file should be", arguments: FileKind.allCases)
  func specialFiles(kind: FileKind) throws {
    let folder = try TemporaryFolder()
    let directory = "\(folder.path)/\(kind.rawValue)/\(kind.name).yaml"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let isFolder = "is a directory; expected a file"
    let orConfig = kind == .models ? ", or a config.json or a GGUF file in it" : ""
    expectDataError(try Command.run(kind.arguments(directory)), at: directory, isFolder + orConfig)
    expectDataError(
      try Command.run(kind.arguments(kind.name) + ["--catalog", folder.path]), at: directory, isFolder)
    expectDataError(try Command.run(kind.arguments("/dev/null")), at: "/dev/null", "is empty; expected a YAML mapping")
    expectDataError(
      try Command.run(kind.arguments("/dev/zero")), at: "/dev/zero", "has more than 1048576 bytes")
    let pipe = "\(folder.path)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    expectDataError(try Command.run(kind.arguments(pipe)), at: pipe, "is empty; expected a YAML mapping")
    let missing = "\(folder.path)/missing.yaml"
    expectDataError(try Command.run(kind.arguments(missing)), at: missing, "cannot read: No such file or directory")
  }

  @Test("an error stays on one line and writes no escape codes, whatever a key holds")
  func escapeCodes() throws {
    let (run, file) = try FileKind.hardware.run("\"\\e[31mred\\nline\": 1\n".utf8, as: .path)
    expectDataError(run, at: "\(file):1:1", #"unknown key "\u{1B}[31mred\nline""#)
  }
}
