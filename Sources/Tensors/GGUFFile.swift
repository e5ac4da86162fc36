package import Documents

/// The header of a GGUF file: what is said of the model, and what is stored where. No weights are read.
///
/// Source: docs/gguf.md of github.com/ggml-org/ggml.
package struct GGUFFile: Sendable {
  /// A value of the metadata.
  package enum Value: Sendable, Hashable {
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case text(String)
    /// A list of so many values; those of long lists and of texts are not kept.
    case list(count: Int, values: [Value])
  }

  /// A tensor of the file.
  package struct Tensor: Sendable, Hashable {
    /// Its name.
    package let name: String
    /// How its numbers are stored.
    package let type: GGMLType
    /// The lengths of its dimensions, that of a row first.
    package let shape: [Int]
    /// The bytes that it takes.
    package let byteCount: Int

    /// How many numbers it has.
    package var count: Int { shape.reduce(1, *) }
  }

  /// The file as the user named it.
  package let path: String
  /// What is said of the model, by key.
  package let metadata: [String: Value]
  /// The tensors in the order of the file.
  package let tensors: [Tensor]

  /// Reads the header of the file at `path`.
  ///
  /// - Throws: `Diagnostic` if it cannot be read, is cut short, of another version or byte order, or not sound: counts
  ///   that it has no room for, unknown types, tensors that overlap or lie outside of it.
  package init(path: String) throws(Diagnostic) {
    self.path = path
    var reader = try GGUFReader(path)
    try reader.readStart()
    metadata = try reader.readMetadata()
    var alignment = 32
    if let value = metadata["general.alignment"] {
      guard case .integer(let stated) = value, (1...1 << 20).contains(stated), stated & (stated - 1) == 0 else {
        throw Diagnostic(file: path, "expected \"general.alignment\" to be a power of two up to 1048576")
      }
      alignment = stated
    }
    tensors = try reader.readTensors(alignment: alignment)
  }
}
