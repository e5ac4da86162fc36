/// A kind of catalog file, with a sound sample of it that tests spoil.
enum FileKind: String, CaseIterable, Sendable {
  case hardware, models

  /// The name of the sample.
  var name: String { self == .hardware ? "my-gpu" : "my-model" }

  /// A sound file. Line 6 of the one, line 5 of the other, holds the first figure.
  var sample: String {
    switch self {
    case .hardware:
      """
      name: my-gpu
      title: My GPU
      vendor: Nobody
      kind: gpu
      vector:
        fp32: { value: 10 TFLOP/s, source: sheet }
      memory:
        bandwidth: { value: 500 GB/s, source: sheet }
      sources: { sheet: "a datasheet" }

      """
    case .models:
      """
      name: my-model
      title: My model
      language:
        layers: 2
        width: 8
        heads: 2
        feed_forward: 16
        vocabulary: 100
        activation: silu
      sources: { language: "made up" }

      """
    }
  }

  /// A call that uses the file, by name or path, and something built in besides.
  func arguments(_ file: String) -> [String] {
    self == .hardware
      ? ["--model", "vicuna-7b", "--gpu", file, "--tokens", "1"]
      : ["--model", file, "--gpu", "v100", "--tokens", "1"]
  }

  /// How a call finds the file.
  enum Access: CaseIterable, Sendable { case path, catalog, show }

  /// Runs the command on a file of the given bytes; returns the run and the file's path in errors.
  func run(_ bytes: some Sequence<UInt8>, as access: Access, ending: String = "yaml") throws -> (Run, String) {
    let folder = try TemporaryFolder()
    let file = try folder.write("\(rawValue)/\(name).\(ending)", bytes)
    let run =
      switch access {
      case .path: try Command.run(arguments(file))
      case .catalog: try Command.run(arguments(name) + ["--catalog", folder.path])
      case .show: try Command.run(["show", file])
      }
    return (run, file)
  }
}

extension String {
  /// The text with its only `old` replaced; empty, which every test notices, where that is not there once.
  func with(_ new: String, for old: String) -> String {
    let parts = split(separator: old, omittingEmptySubsequences: false)
    return parts.count == 2 ? parts.joined(separator: new) : ""
  }
}
