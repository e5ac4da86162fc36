internal import Documents

/// The header of a safetensors file: what is stored where.
struct SafetensorsHeader: Sendable {
  /// One stored tensor.
  struct Entry: Sendable {
    let name: String
    let type: ElementType
    let shape: [Int]
    /// The place of its bytes, counted from the end of the header.
    let bytes: Range<Int>
    /// Where the header speaks of it.
    let place: Diagnostic.Position
  }

  private static let metadataKey = "__metadata__"
  /// More lengths than any program gives a tensor: numpy and torch have 64.
  private static let mostDimensions = 64

  /// The tensors by name.
  let entries: [String: Entry]
  /// The free-form text under `__metadata__`.
  let metadata: [String: String]

  /// Reads the JSON text of a header that describes `dataCount` bytes.
  ///
  /// - Throws: `Diagnostic` for malformed JSON, an unknown type, a negative or overflowing shape, and offsets that lie
  ///   outside of the data, overlap, leave bytes over, or do not fit the shape.
  init(_ text: [UInt8], dataCount: Int, file: String) throws(Diagnostic) {
    guard text.first == UInt8(ascii: "{") else {
      throw Diagnostic(file: file, "is not a safetensors file: its header does not begin with \"{\"")
    }
    var entries: [String: Entry] = [:]
    var metadata: [String: String] = [:]
    for field in try JSON.parse(text, file: file).entries("the header") {
      if field.key == Self.metadataKey {
        for note in try field.value.entries(Self.metadataKey) {
          guard case .scalar(let text, quoted: true) = note.value.content else {
            throw note.value.error("expected \"\(note.key)\" in \(Self.metadataKey) to be text in quotes")
          }
          metadata[note.key] = text
        }
      } else {
        entries[field.key] = try Self.entry(field)
      }
    }
    self.entries = entries
    self.metadata = metadata
    try Self.checkCoverage(Array(entries.values), dataCount: dataCount, file: file)
  }

  /// The entry under one key of the header, consistent in itself.
  private static func entry(_ field: Node.Entry) throws(Diagnostic) -> Entry {
    let what = "the tensor \"\(field.key)\""
    let fields = try Fields(field.value, what, known: ["dtype", "shape", "data_offsets"])
    let typeNode = try fields.required("dtype")
    guard let type = ElementType(rawValue: try typeNode.text("dtype")) else {
      throw typeNode.error("\(what) has the unknown type \(typeNode.summary)")
    }
    var shape: [Int] = []
    let shapeNode = try fields.required("shape")
    let lengths = try shapeNode.items("shape")
    guard lengths.count <= mostDimensions else {
      throw shapeNode.error("expected \"shape\" to have at most \(mostDimensions) lengths, found \(lengths.count)")
    }
    for length in lengths {
      shape.append(try length.integer("a length in \"shape\"", in: 0...Int.max))
    }
    guard let size = type.byteCount(of: shape) else {
      throw shapeNode.error("\(what): \(type.rawValue) of shape \(shape) is too large, or no whole number of bytes")
    }
    let offsetsNode = try fields.required("data_offsets")
    let offsets = try offsetsNode.items("data_offsets")
    guard offsets.count == 2 else { throw offsetsNode.error("expected two data_offsets, found \(offsets.count)") }
    let begin = try offsets[0].integer("the first of data_offsets", in: 0...Int.max)
    let end = try offsets[1].integer("the second of data_offsets", in: begin...Int.max)
    guard end - begin == size else {
      throw offsetsNode.error(
        "\(what) of shape \(shape) and type \(type.rawValue) takes \(size) bytes; its data_offsets span \(end - begin)")
    }
    return Entry(name: field.key, type: type, shape: shape, bytes: begin..<end, place: offsetsNode.position)
  }

  /// Checks that the tensors fill the data from its first to its last byte, side by side, as the format requires.
  private static func checkCoverage(_ entries: [Entry], dataCount: Int, file: String) throws(Diagnostic) {
    var covered = 0
    let inOrder = entries.sorted {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    for entry in inOrder {
      guard entry.bytes.upperBound <= dataCount else {
        throw Diagnostic(
          entry.place,
          "the tensor \"\(entry.name)\" ends at byte \(entry.bytes.upperBound) of the data, which has \(dataCount)")
      }
      guard entry.bytes.lowerBound >= covered else {
        throw Diagnostic(
          entry.place, "the tensor \"\(entry.name)\" overlaps another one: bytes before \(covered) are taken")
      }
      guard entry.bytes.lowerBound == covered else {
        throw Diagnostic(entry.place, "bytes \(covered) to \(entry.bytes.lowerBound) of the data belong to no tensor")
      }
      covered = entry.bytes.upperBound
    }
    guard covered == dataCount else {
      throw Diagnostic(file: file, "has \(dataCount) bytes of data, of which its tensors cover only \(covered)")
    }
  }
}
