import Documents

/// A way into the library for bytes from anywhere.
struct FuzzTarget: Sendable {
  /// As `--target` has it; also the folder of its corpus.
  let name: String
  /// Longer inputs are not made.
  let longest: Int
  /// What texts of this kind are made of, for `TextMutator`; none where inputs are no text.
  let words: [String]
  /// Reads the bytes. A `Diagnostic` is a good end; a trap, a signal or endless work is a find.
  let read: @Sendable ([UInt8]) throws(Diagnostic) -> Void

  init(
    _ name: String, longest: Int = 4096, words: [String] = [],
    read: @escaping @Sendable ([UInt8]) throws(Diagnostic) -> Void
  ) {
    (self.name, self.longest, self.words, self.read) = (name, longest, words, read)
  }

  /// All targets.
  static let all: [FuzzTarget] = [
    .yaml, .json, .catalog, .config, .gguf, .safetensors, .csv, .trace, .measurements, .png, .jpeg, .reducer, .question,
    .features, .scheduler,
  ]

  /// The one that `--target` names.
  static let chosen: FuzzTarget? = {
    let flag = "--target="
    let name = CommandLine.arguments.last { $0.hasPrefix(flag) }?.dropFirst(flag.count)
    return all.first { $0.name == name ?? "" }
  }()

  /// Feeds the chosen target.
  static func run(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do throws(Diagnostic) {
      try chosen?.read([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
      // Errors are shown to people: that must not fail either.
      precondition(!"\(error)".isEmpty)
    }
    return 0
  }
}

/// libFuzzer's own main function, which does not run here, wants to call this.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt { FuzzTarget.run(bytes, count) }
