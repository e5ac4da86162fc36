internal import Documents

/// A cursor over the header of a GGUF file, which is trusted in nothing.
struct GGUFReader {
  private let path: String
  private let file: MappedFile
  private var place = 0
  private var tensorCount = 0
  private var valueCount = 0
  /// Whether counts have 32 bits, as in the first version.
  private var isFirstVersion = false

  /// Longer texts are refused: chat templates have some ten thousand characters.
  private static let textLimit = 1 << 24
  /// Lists of more numbers are not kept.
  private static let keptValues = 4096
  /// Lists of lists deeper than this are refused.
  private static let depthLimit = 4
  /// More dimensions are refused: ggml has 4.
  private static let mostDimensions = 8

  init(_ path: String) throws(Diagnostic) {
    self.path = path
    file = try MappedFile(path)
  }

  private func error(_ message: String) -> Diagnostic { Diagnostic(file: path, message) }
  private var rest: Int { file.count - place }

  private mutating func number<Number: FixedWidthInteger>(_ type: Number.Type, _ what: String) throws(Diagnostic)
    -> Number
  {
    let size = MemoryLayout<Number>.size
    guard rest >= size else { throw error("is cut short: it ends at byte \(file.count) in \(what)") }
    defer { place += size }
    return file.withBytes(in: place..<place + size) { Number(littleEndian: $0.loadUnaligned(as: Number.self)) }
  }

  /// A count of things, each of which takes at least so many bytes.
  private mutating func count(_ what: String, ofBytes size: Int) throws(Diagnostic) -> Int {
    let count = isFirstVersion ? UInt64(try number(UInt32.self, what)) : try number(UInt64.self, what)
    guard count <= UInt64(rest / max(1, size)) else {
      throw error("is cut short or damaged: \(count) \(what) in the \(rest) bytes that are left")
    }
    return Int(count)
  }

  private mutating func text(_ what: String) throws(Diagnostic) -> String {
    let length = try count("bytes of \(what)", ofBytes: 1)
    guard length <= Self.textLimit else {
      throw error("\(what) has \(length) bytes; at most \(Self.textLimit) are read")
    }
    defer { place += length }
    let text = file.withBytes(in: place..<place + length) { String(validating: $0, as: UTF8.self) }
    guard let text else { throw error("\(what) at byte \(place) is not valid UTF-8") }
    return text
  }

  /// The mark, the version and the counts that a file begins with.
  mutating func readStart() throws(Diagnostic) {
    guard try number(UInt32.self, "its first bytes") == 0x4655_4747 else {
      throw error("is not a GGUF file: it does not begin with GGUF")
    }
    let version = try number(UInt32.self, "the version")
    guard (1...3).contains(version) else {
      let isSwapped = (1...3).contains(version.byteSwapped)
      throw error(
        isSwapped
          ? "is a GGUF file for big-endian machines; only little-endian ones are read"
          : "is a GGUF file of version \(version); versions 1 to 3 are read")
    }
    isFirstVersion = version == 1
    tensorCount = try count("tensors", ofBytes: isFirstVersion ? 20 : 24)
    valueCount = try count("values", ofBytes: isFirstVersion ? 9 : 13)
  }

  mutating func readMetadata() throws(Diagnostic) -> [String: GGUFFile.Value] {
    var values: [String: GGUFFile.Value] = [:]
    for _ in 0..<valueCount {
      let key = try text("a key")
      let type = try number(UInt32.self, "the type of \"\(key.prefix(40))\"")
      let value = try value(type, of: key, depth: 0)
      guard values.updateValue(value, forKey: key) == nil else { throw error("has \"\(key.prefix(40))\" twice") }
    }
    return values
  }

  private mutating func value(_ type: UInt32, of key: String, depth: Int) throws(Diagnostic) -> GGUFFile.Value {
    let what = "\"\(key.prefix(40))\""
    func whole<Number: FixedWidthInteger>(_ number: Number) -> GGUFFile.Value {
      Int(exactly: number).map { .integer($0) } ?? .number(Double(number))
    }
    switch type {
    case 0: return whole(try number(UInt8.self, what))
    case 1: return whole(try number(Int8.self, what))
    case 2: return whole(try number(UInt16.self, what))
    case 3: return whole(try number(Int16.self, what))
    case 4: return whole(try number(UInt32.self, what))
    case 5: return whole(try number(Int32.self, what))
    case 6: return .number(Double(Float(bitPattern: try number(UInt32.self, what))))
    case 7: return .boolean(try number(UInt8.self, what) != 0)
    case 8: return .text(try text(what))
    case 9: return try list(of: key, depth: depth)
    case 10: return whole(try number(UInt64.self, what))
    case 11: return whole(try number(Int64.self, what))
    case 12: return .number(Double(bitPattern: try number(UInt64.self, what)))
    default: throw error("\(what) is of the unknown type \(type)")
    }
  }

  /// The bytes that a value of a type takes at least.
  private static func size(of type: UInt32) -> Int {
    switch type {
    case 0, 1, 7: 1
    case 2, 3: 2
    case 4, 5, 6, 9: 4
    default: 8
    }
  }

  private mutating func list(of key: String, depth: Int) throws(Diagnostic) -> GGUFFile.Value {
    guard depth < Self.depthLimit else {
      throw error("\"\(key.prefix(40))\" is nested deeper than \(Self.depthLimit) lists")
    }
    let type = try number(UInt32.self, "a list")
    let size = type == 8 && isFirstVersion ? 4 : Self.size(of: type)
    let count = try count("values of \"\(key.prefix(40))\"", ofBytes: size)
    var values: [GGUFFile.Value] = []
    let isText = type == 8
    for _ in 0..<count {
      if isText {
        // Texts of a vocabulary are passed over.
        place += try self.count("bytes of a text", ofBytes: 1)
      } else if type != 9, count > Self.keptValues {
        place += size * count
        break
      } else {
        let value = try value(type, of: key, depth: depth + 1)
        if values.count < Self.keptValues { values.append(value) }
      }
    }
    return .list(count: count, values: values)
  }

  private mutating func readShape(_ what: String) throws(Diagnostic) -> [Int] {
    let dimensions = try number(UInt32.self, what)
    guard dimensions <= Self.mostDimensions else { throw error("\(what) has \(dimensions) dimensions") }
    var shape: [Int] = []
    for _ in 0..<dimensions {
      let length = isFirstVersion ? UInt64(try number(UInt32.self, what)) : try number(UInt64.self, what)
      guard let length = Int(exactly: length) else { throw error("\(what) has a length of \(length)") }
      shape.append(length)
    }
    return shape
  }

  /// The tensors, whose bytes lie behind the header, each at a multiple of `alignment`.
  mutating func readTensors(alignment: Int) throws(Diagnostic) -> [GGUFFile.Tensor] {
    var tensors: [GGUFFile.Tensor] = []
    var offsets: [(begin: Int, end: Int, name: String)] = []
    var names: Set<String> = []
    for _ in 0..<tensorCount {
      let name = try text("a tensor's name")
      let what = "the tensor \"\(name.prefix(60))\""
      guard names.insert(name).inserted else { throw error("has \(what) twice") }
      let shape = try readShape(what)
      let number = try number(UInt32.self, what)
      guard let type = GGMLType(number) else { throw error("\(what) is of the unknown type \(number)") }
      guard let size = type.byteCount(of: shape) else {
        throw error(
          "\(what): \(type.name) of shape \(shape) is too large, or its rows are no whole blocks of \(type.blockLength)"
        )
      }
      let offset = try self.number(UInt64.self, what)
      guard let begin = Int(exactly: offset), begin % alignment == 0 else {
        throw error("\(what) begins at byte \(offset) of the data, which is no multiple of \(alignment)")
      }
      let (end, overflow) = begin.addingReportingOverflow(size)
      guard !overflow else { throw error("\(what) ends beyond any file") }
      offsets.append((begin, end, name))
      tensors.append(GGUFFile.Tensor(name: name, type: type, shape: shape, byteCount: size))
    }
    try check(offsets, from: (place + alignment - 1) / alignment * alignment)
    return tensors
  }

  /// - Throws: `Diagnostic` if tensors overlap or end behind the file; their data begins at `start`.
  private func check(_ offsets: [(begin: Int, end: Int, name: String)], from start: Int) throws(Diagnostic) {
    var covered = (end: 0, name: "")
    for offset in offsets.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
      guard offset.begin >= covered.end else {
        throw error("the tensors \"\(covered.name.prefix(60))\" and \"\(offset.name.prefix(60))\" overlap")
      }
      guard offset.end <= max(0, file.count - start) else {
        throw error(
          "is cut short: the tensor \"\(offset.name.prefix(60))\" ends at byte \(offset.end) of the data, which has "
            + "\(max(0, file.count - start))")
      }
      covered = (offset.end, offset.name)
    }
  }
}
