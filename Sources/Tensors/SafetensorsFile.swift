package import Documents

/// A safetensors file, mapped into memory and checked.
///
/// Opening reads and checks the header alone; a tensor is loaded when it is asked for.
package struct SafetensorsFile: Sendable {
  /// Longer headers are refused, and those of more than a million values, eight for each tensor: they would describe more
  /// than some 125,000 tensors, more than any file of the largest models has. The reference implementation refuses headers
  /// from 100 MB on.
  package static let headerLimit = 16_000_000
  /// The header's length stands in this many bytes before it.
  private static let prefix = 8

  /// The file as the user named it.
  package let path: String
  let file: MappedFile
  let header: SafetensorsHeader
  let dataStart: Int

  /// Opens the file at `path`.
  ///
  /// - Throws: `Diagnostic` if it cannot be read, is cut short, or its header is not sound: see the format's
  ///   description at https://github.com/huggingface/safetensors.
  package init(path: String) throws(Diagnostic) {
    self.path = path
    file = try MappedFile(path)
    guard file.count >= Self.prefix else {
      throw Diagnostic(file: path, "has \(file.count) bytes; a safetensors file begins with 8 bytes of length")
    }
    let length = file.withBytes(in: 0..<Self.prefix) { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    guard length <= Self.headerLimit else {
      throw Diagnostic(
        file: path, "is not a safetensors file: a header of \(length) bytes; at most \(Self.headerLimit) are read")
    }
    dataStart = Self.prefix + Int(length)
    guard dataStart <= file.count else {
      throw Diagnostic(file: path, "is cut short: a header of \(length) bytes in a file of \(file.count)")
    }
    let text = file.withBytes(in: Self.prefix..<dataStart) { [UInt8]($0) }
    header = try SafetensorsHeader(text, dataCount: file.count - dataStart, file: path)
  }

  /// The names of the tensors, sorted.
  package var names: [String] { header.entries.keys.sorted() }

  /// What is stored, by name: nothing of it is read.
  package var contents: [StoredTensor] {
    header.entries.values.map { StoredTensor($0, in: file, dataStart: dataStart) }.sorted { $0.name < $1.name }
  }

  /// The free-form text of the header.
  package var metadata: [String: String] { header.metadata }

  /// The tensor called `name`, stored as F32, F16 or BF16, in single precision.
  ///
  /// - Throws: `Diagnostic` that lists what the file has if there is no such tensor, or names the type if it is
  ///   another one.
  package func tensor(named name: String) throws(Diagnostic) -> Tensor<Float> {
    let entry = try entry(named: name)
    let elements: [Float]
    switch entry.type {
    case .float32: elements = copy(entry, of: Float.self)
    case .float16: elements = convert(entry, float(half:))
    case .bfloat16: elements = convert(entry, float(brain:))
    default: throw wrongType(entry, expected: "F32, F16 or BF16")
    }
    return Tensor(uncheckedShape: entry.shape, elements: elements)
  }

  /// The tensor called `name`, stored as I32.
  ///
  /// - Throws: `Diagnostic` as `tensor(named:)` does.
  package func integers(named name: String) throws(Diagnostic) -> Tensor<Int32> {
    let entry = try entry(named: name)
    guard entry.type == .int32 else { throw wrongType(entry, expected: "I32") }
    return Tensor(uncheckedShape: entry.shape, elements: copy(entry, of: Int32.self))
  }

  /// The whole numbers of the tensor called `name`, stored as I32 or I64.
  ///
  /// - Throws: `Diagnostic` as `tensor(named:)` does.
  public func indices(named name: String) throws(Diagnostic) -> [Int] {
    let entry = try entry(named: name)
    switch entry.type {
    case .int32: return copy(entry, of: Int32.self).map { Int($0) }
    case .int64: return copy(entry, of: Int64.self).map { Int($0) }
    default: throw wrongType(entry, expected: "I32 or I64")
    }
  }

  private func entry(named name: String) throws(Diagnostic) -> SafetensorsHeader.Entry {
    if let entry = header.entries[name] { return entry }
    let names = names
    let listed = names.prefix(20).joined(separator: ", ")
    let more = names.count > 20 ? " and \(names.count - 20) more" : ""
    throw Diagnostic(file: path, "has no tensor \"\(name)\"; it has \(names.isEmpty ? "none" : listed + more)")
  }

  private func wrongType(_ entry: SafetensorsHeader.Entry, expected: String) -> Diagnostic {
    Diagnostic(file: path, "the tensor \"\(entry.name)\" is stored as \(entry.type.rawValue); expected \(expected)")
  }

  /// The place of a tensor in the file.
  private func range(of entry: SafetensorsHeader.Entry) -> Range<Int> {
    dataStart + entry.bytes.lowerBound..<dataStart + entry.bytes.upperBound
  }

  /// The numbers as they are stored: little-endian, as is every platform that Swift runs on.
  private func copy<Element: BitwiseCopyable>(_ entry: SafetensorsHeader.Entry, of type: Element.Type) -> [Element] {
    file.withBytes(in: range(of: entry)) { bytes in
      let count = bytes.count / MemoryLayout<Element>.stride
      return [Element](unsafeUninitializedCapacity: count) { elements, initialized in
        UnsafeMutableRawBufferPointer(elements).copyMemory(from: bytes)
        initialized = count
      }
    }
  }

  /// The numbers of 16 bits, each made into a `Float`. They may lie at odd addresses.
  private func convert(_ entry: SafetensorsHeader.Entry, _ transform: (UInt16) -> Float) -> [Float] {
    file.withBytes(in: range(of: entry)) { bytes in
      let count = bytes.count / 2
      return [Float](unsafeUninitializedCapacity: count) { elements, initialized in
        for index in 0..<count {
          let bits = UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
          elements[index] = transform(bits)
        }
        initialized = count
      }
    }
  }
}
