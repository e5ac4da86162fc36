package import Documents

/// Writes safetensors files.
package enum Safetensors {
  /// Replaces the file at `path` by one that holds `floats` as F32, `integers` as I32, and `metadata`.
  ///
  /// Tensors stand in the order of their names and the header is padded to a multiple of 8 bytes, so that equal
  /// contents make equal files.
  /// - Throws: `Diagnostic` if a name is used twice or reserved, or the file cannot be written; what stood at `path`
  ///   is then left as it was.
  package static func write(
    floats: [String: Tensor<Float>] = [:], integers: [String: Tensor<Int32>] = [:],
    metadata: [String: String] = [:], to path: String
  ) throws(Diagnostic) {
    try Files.write(bytes(floats: floats, integers: integers, metadata: metadata), to: path)
  }

  /// The bytes of such a file.
  ///
  /// - Throws: `Diagnostic` if a name is used twice or reserved.
  package static func bytes(
    floats: [String: Tensor<Float>] = [:], integers: [String: Tensor<Int32>] = [:], metadata: [String: String] = [:]
  ) throws(Diagnostic) -> [UInt8] {
    let stored = floats.mapValues { Stored(type: .float32, $0) }
    let tensors = stored.merging(integers.mapValues { Stored(type: .int32, $0) }) { first, _ in first }
    guard tensors.count == floats.count + integers.count, tensors["__metadata__"] == nil else {
      throw Diagnostic("a tensor's name is used twice, or is the reserved \"__metadata__\"")
    }
    let sorted = tensors.sorted { $0.key < $1.key }
    let header = Array(header(sorted, metadata).utf8)
    let padding = (8 - header.count % 8) % 8
    var file: [UInt8] = []
    file.reserveCapacity(8 + header.count + padding + sorted.reduce(0) { $0 + $1.value.bytes.count })
    withUnsafeBytes(of: UInt64(header.count + padding).littleEndian) { file.append(contentsOf: $0) }
    file.append(contentsOf: header)
    file.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
    for tensor in sorted { file.append(contentsOf: tensor.value.bytes) }
    return file
  }

  /// A tensor as its bytes.
  private struct Stored {
    let type: ElementType
    let shape: [Int]
    let bytes: [UInt8]

    init<Element: BitwiseCopyable>(type: ElementType, _ tensor: Tensor<Element>) {
      self.type = type
      shape = tensor.shape
      bytes = tensor.elements.withUnsafeBytes { [UInt8]($0) }
    }
  }

  /// The header as JSON: the metadata, then every tensor with its place.
  private static func header(_ tensors: [(key: String, value: Stored)], _ metadata: [String: String]) -> String {
    var fields: [String] = []
    if !metadata.isEmpty {
      let notes = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      fields.append("\"__metadata__\":{\(notes.joined(separator: ","))}")
    }
    var offset = 0
    for (name, tensor) in tensors {
      let end = offset + tensor.bytes.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let place = "\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]"
      fields.append("\(quoted(name)):{\"dtype\":\"\(tensor.type.rawValue)\",\(place)}")
      offset = end
    }
    return "{\(fields.joined(separator: ","))}"
  }

  private static func quoted(_ text: String) -> String { text.shown(in: .json) }
}
