import Foundation
import Testing

/// A call whose output would replace what it reads.
struct Replacement: Sendable, CustomTestStringConvertible {
  let call: [String]
  /// The file that is read, in the folder of the test.
  let input: String
  /// An ending that the call takes for its output.
  let ending: String

  var testDescription: String { "\(call[0]) and \(input)" }

  private static let tower = ["--encoder", "tw"]
  private static let survey = ["--model", "tiny.yaml", "--gpu", "v100", "--encoder", "tw"]

  static let all = [
    Self(call: ["--model", "./config.json", "--gpu", "v100", "--tokens", "1"], input: "config.json", ending: ".json"),
    Self(call: ["--model", "vicuna-7b", "--gpu", "gpu.yaml", "--tokens", "1"], input: "gpu.yaml", ending: ".csv"),
    Self(
      call: ["estimate", "--model", "folder", "--gpu", "v100", "--tokens", "1"], input: "folder/config.json",
      ending: ".json"),
    Self(call: ["operators", "--model", "./config.json", "--gpu", "v100"], input: "config.json", ending: ".md"),
    Self(call: ["compare", "--model", "llava-1.5-7b", "--gpu", "gpu.yaml"], input: "gpu.yaml", ending: ".txt"),
    Self(call: ["show", "gpu.yaml"], input: "gpu.yaml", ending: ".json"),
    Self(call: ["list", "hardware", "--catalog", "catalog"], input: "catalog/hardware/my-gpu.yaml", ending: ".json"),
    Self(call: ["show", "v100", "--catalog", "catalog"], input: "catalog/hardware/my-gpu.yaml", ending: ".csv"),
    Self(call: ["validate", "--measurements", "times.csv"], input: "times.csv", ending: ".csv"),
    Self(
      call: ["reduce", "--features", "features.safetensors"], input: "features.safetensors", ending: ".safetensors"),
    Self(
      call: ["--model", "vicuna-7b", "--gpu", "v100", "--features", "features.safetensors"],
      input: "features.safetensors", ending: ".csv"),
    // Given, though nothing reads it.
    Self(
      call: ["--model", "vicuna-7b", "--gpu", "v100", "--tokens", "full", "--features", "features.safetensors"],
      input: "features.safetensors", ending: ".csv"),
    Self(
      call: ["encode", "--pixel-values", "features.safetensors"] + tower, input: "features.safetensors",
      ending: ".safetensors"),
    Self(
      call: ["encode", "--pixel-values", "features.safetensors"] + tower, input: "tw/model.safetensors",
      ending: ".safetensors"),
    Self(call: ["encode", "--image", "v.png"] + tower, input: "v.png", ending: ".safetensors"),
    Self(call: ["encode", "--image", "v.png"] + tower, input: "tw/config.json", ending: ".safetensors"),
    Self(
      call: ["encode", "--image", "v.png", "--encoder", "shards"], input: "shards/model-00002-of-00003.safetensors",
      ending: ".safetensors"),
    Self(call: ["reduce", "--image", "v.png"] + tower, input: "v.png", ending: ".safetensors"),
    Self(call: ["reduce", "--image", "v.png"] + tower, input: "tw/model.safetensors", ending: ".safetensors"),
    Self(call: ["attention", "--image", "v.png"] + tower, input: "v.png", ending: ".png"),
    Self(call: survey + ["--image", "v.png"], input: "v.png", ending: ".csv"),
    Self(call: survey + ["--image", "@list.txt"], input: "list.txt", ending: ".txt"),
    Self(call: survey + ["--image", "pics"], input: "pics/a.png", ending: ".json"),
    Self(call: survey + ["--image", "pics"], input: "tiny.yaml", ending: ".md"),
    // Named, though the question alone is written.
    Self(
      call: ["--model", "./config.json", "--gpu", "v100", "--print-question"], input: "config.json", ending: ".json"),
    Self(
      call: ["operators", "--model", "folder", "--gpu", "v100", "--print-question"], input: "folder/config.json",
      ending: ".json"),
    Self(
      call: ["--model", "vicuna-7b", "--gpu", "v100", "--baseline", "config.json", "--print-question"],
      input: "config.json", ending: ".json"),
    Self(
      call: [
        "simulate", "--model", "vicuna-7b", "--gpu", "v100", "--trace", "times.csv", "--print-question",
      ], input: "times.csv", ending: ".json"),
  ]
}

/// How the output comes to be the input.
enum Disguise: CaseIterable, Sendable { case none, spelling, softLink, chain, hardLink }

@Suite("Inputs that an output would replace")
struct SparedInputTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let fixtures = URL(fileURLWithPath: Pictures.tower).deletingLastPathComponent()
    for (tower, name) in [("plain", "tw"), ("sharded", "shards")] {
      try FileManager.default.copyItem(
        atPath: fixtures.appendingPathComponent(tower).path, toPath: "\(folder.path)/\(name)")
    }
    for name in ["pics/a.png", "pics/b.png", "pics/deep/a.jpg", "v.png"] {
      try folder.write(name, Data(contentsOf: URL(fileURLWithPath: Pictures.path("rgb8.png"))))
    }
    let config = """
      {"model_type": "llama", "hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 2,
      "intermediate_size": 128, "vocab_size": 100, "hidden_act": "silu"}
      """
    for name in ["config.json", "folder/config.json"] { try folder.write(name, config.utf8) }
    for name in ["gpu.yaml", "catalog/hardware/my-gpu.yaml"] { try folder.write(name, FileKind.hardware.sample.utf8) }
    try folder.write("tiny.yaml", Pictures.modelFile.utf8)
    try folder.write("list.txt", "pics/a.png\npics/b.png\n".utf8)
    try folder.write(
      "times.csv", "hardware,operator,precision,rows,inner,columns,seconds\nv100,matmul,fp16,1,4096,4096,5e-5\n".utf8)
    // The features of a picture, and the pixels that they came of.
    let made = try run(["encode", "--image", "v.png", "--encoder", "tw", "--output", "features.safetensors"])
    #expect(made.code == 0, "\(made.error)")
  }

  private func run(_ call: [String]) throws -> Run { try Command.run(call, folder: folder.path) }

  /// The bytes of all files, links not followed.
  private func contents() throws -> [String: Data] {
    var contents: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      contents[name] = FileManager.default.contents(atPath: "\(folder.path)/\(name)")
    }
    return contents
  }

  /// The name of an output that is the input.
  private func output(of replacement: Replacement, as disguise: Disguise) throws -> String {
    let (input, name) = ("\(folder.path)/\(replacement.input)", "\(disguise)\(replacement.ending)")
    switch disguise {
    case .none: return replacement.input
    case .spelling: return "pics/../pics/deep/../../\(replacement.input)"
    case .softLink:
      try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/\(name)", withDestinationPath: input)
    case .chain:
      try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/\(name)", withDestinationPath: "link")
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder.path)/link", withDestinationPath: "./\(replacement.input)")
    case .hardLink: try FileManager.default.linkItem(atPath: input, toPath: "\(folder.path)/\(name)")
    }
    return name
  }

  @Test("are left as they are, and the call says why", arguments: Replacement.all)
  func spared(replacement: Replacement) throws {
    for disguise in Disguise.allCases {
      let output = try output(of: replacement, as: disguise)
      let before = try contents()
      let run = try run(replacement.call + ["--output", output])
      #expect(try contents() == before, "\(disguise)")
      // The name alone gives it away where it ends as no output of this call does.
      let isNamedOtherwise = [.none, .spelling].contains(disguise) && !replacement.input.hasSuffix(replacement.ending)
      if run.code != 64 || !isNamedOtherwise {
        #expect(run.code == 1 && run.error.contains("is read by this very run"), "\(disguise): \(run.error)")
      }
    }
  }

  @Test("are spared before any of several pictures is worked on")
  func folders() throws {
    let before = try contents()
    for call in [
      ["attention", "--image", "pics", "--output", "pics"], ["attention", "--image", "pics", "--output", "pics/"],
      ["attention", "--image", "pics/b.png", "--output", "pics"],
      ["attention", "--image", "@list.txt", "--output", "./pics"],
    ] {
      let run = try run(call + ["--encoder", "tw"])
      #expect(run.code == 1 && run.output == "" && run.error.contains("is read by this very run"), "\(run.error)")
    }
    #expect(try contents() == before)
  }

  @Test("are no obstacle to new files beside them, nor to the next run with the same output")
  func beside() throws {
    for _ in 0..<2 {
      for call in [
        ["attention", "--image", "pics/deep/a.jpg", "--encoder", "tw", "--output", "pics/deep/map.png"],
        ["encode", "--image", "pics", "--encoder", "tw", "--output", "pics"],
        ["encode", "--image", "v.png", "--encoder", "tw", "--output", "v.safetensors"],
        ["--model", "folder", "--gpu", "gpu.yaml", "--tokens", "1", "--output", "folder/rows.json"],
      ] {
        let run = try run(call)
        #expect(run.code == 0, "\(run.error)")
      }
    }
    // Of two pictures of one name the second gets a number.
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/pics").sorted()
        == ["a-2.safetensors", "a.png", "a.safetensors", "b.png", "b.safetensors", "deep", "map.safetensors"])
  }

  @Test("an encoder's folder takes no output: the next run could take it for weights")
  func encoders() throws {
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/link.safetensors", withDestinationPath: "shards/model.safetensors")
    let before = try contents()
    let shards = ["--image", "v.png", "--encoder", "shards", "--output"]
    for call in [
      // Where there is an index, a loader would take this file in its place.
      ["encode"] + shards + ["shards/model.safetensors"], ["encode"] + shards + ["shards/"],
      ["encode"] + shards + ["link.safetensors"], ["reduce"] + shards + ["./shards/../shards/x.safetensors"],
      ["attention"] + shards + ["shards/v.png"],
      ["encode", "--pixel-values", "features.safetensors", "--encoder", "tw", "--output", "tw/x.safetensors"],
      [
        "--model", "tiny.yaml", "--gpu", "v100", "--image", "v.png", "--encoder", "tw", "--output",
        "tw/processor_config.json",
      ],
    ] {
      let run = try run(call)
      #expect(run.code == 1 && run.output == "", "\(call)")
      #expect(run.error.contains("lies in the folder of the encoder"), "\(run.error)")
    }
    #expect(try contents() == before)
  }

  @Test("a name that ends as another kind of file does is refused before any work")
  func endings() throws {
    let tower = ["--image", "v.png", "--encoder", "tw"]
    for call in [
      ["attention", "--output", "map.csv"] + tower, ["attention", "--output", "map.jpg"] + tower,
      ["encode", "--output", "x.csv"] + tower, ["encode", "--output", "x.png"] + tower,
      ["reduce", "--output", "x.json"], ["reduce", "--output", "pics"], ["calibrate", "--output", "pics/"],
      ["encode", "--output", "-"] + tower, ["attention", "--output", "-"] + tower, ["reduce", "--output", "-"],
      ["encode", "--pixel-values", "features.safetensors", "--encoder", "tw", "--output", "pics"],
      ["reduce", "--output", ""], ["calibrate", "--output", "x.png"],
      ["list", "models", "--format", "table", "--output", "x.yaml"],
      ["list", "models", "--format", "json", "--output", "x.csv"],
    ] {
      let run = try run(call)
      #expect(run.code == 64 && run.output == "", "\(call)")
    }
  }
}
