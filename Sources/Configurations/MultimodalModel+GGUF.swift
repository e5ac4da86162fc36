public import Architectures
public import Documents
internal import Tensors

extension MultimodalModel {
  /// Reads the header of a GGUF file, or of all parts of one that was split: the model by its metadata, the format by its
  /// tensors. No weights are read.
  ///
  /// - Throws: `Diagnostic` for a file that is not sound, an architecture that is not understood, and figures out of range.
  public init(gguf path: String, name: String) throws(Diagnostic) {
    let first = try GGUFFile(path: path)
    var files = [first]
    for other in try Self.otherParts(of: first) { files.append(try GGUFFile(path: other)) }
    let tensors = files.flatMap(\.tensors)
    let configuration = try GGUFConfiguration(first, tensors: tensors)
    try self.init(config: configuration.config(), name: name)
    var stored = StoredWeights()
    for tensor in tensors {
      // Layers that predict further tokens are bytes of the file, no layers of the model.
      let isBeyond = configuration.layers.map { tensor.name.hasPrefix("blk.\($0).") } ?? false
      stored.add(
        isBeyond ? "mtp.\(tensor.name)" : tensor.name, format: tensor.type.name, elements: tensor.count,
        bytes: tensor.byteCount)
    }
    for index in sources.indices { sources[index].assumed = [] }
    take(stored, files: files.count, areNumbersCounted: true)
    checkpoint?.isDefault = true
  }

  /// The other files of a model that was split, after the first: `model-00001-of-00003.gguf`.
  private static func otherParts(of file: GGUFFile) throws(Diagnostic) -> [String] {
    guard case .integer(let count)? = file.metadata["split.count"], count > 1 else { return [] }
    guard count <= 10_000 else { throw Diagnostic(file: file.path, "expected at most 10000 parts, found \(count)") }
    func padded(_ number: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
    let ending = "-\(padded(1))-of-\(padded(count)).gguf"
    guard file.path.hasSuffix(ending) else {
      throw Diagnostic(file: file.path, "is one of \(count) parts; name the first, which ends in \(ending)")
    }
    let stem = file.path.dropLast(ending.count)
    return (2...count).map { "\(stem)-\(padded($0))-of-\(padded(count)).gguf" }
  }
}
