import Documents
import Foundation
import Tensors
import Testing

/// Headers of GGUF files made by hand, byte by byte after docs/gguf.md of ggml; those of the official writer are read in
/// ConfigurationsTests.
@Suite("GGUF headers") struct GGUFFileTests {
  /// The bytes of a file.
  struct Header {
    var bytes = Array("GGUF".utf8)

    init(version: UInt32 = 3, tensors: UInt64, values: UInt64) {
      add(version)
      add(tensors)
      add(values)
    }

    mutating func add(_ number: some FixedWidthInteger) { withUnsafeBytes(of: number.littleEndian) { bytes += $0 } }
    mutating func add(_ text: String) {
      add(UInt64(text.utf8.count))
      bytes += text.utf8
    }
    mutating func add(tensor name: String, shape: [UInt64], type: UInt32, offset: UInt64) {
      add(name)
      add(UInt32(shape.count))
      for length in shape { add(length) }
      add(type)
      add(offset)
    }
    mutating func pad(data: Int) {
      while bytes.count % 32 != 0 { bytes.append(0) }
      bytes += [UInt8](repeating: 0, count: data)
    }
  }

  private func read(_ header: Header) throws -> GGUFFile {
    try withTemporaryFile(header.bytes) { try GGUFFile(path: $0) }
  }

  private func message(_ header: Header) throws -> String {
    do {
      _ = try read(header)
      return "no error"
    } catch let error as Diagnostic {
      return error.message
    }
  }

  /// 512 numbers in Q4_K are 2 blocks of 144 bytes, 3 x 5 in F16 30 bytes, at the next multiple of 32.
  @Test func tensorsAndValuesAreRead() throws {
    var header = Header(tensors: 2, values: 3)
    header.add("general.architecture")
    header.add(UInt32(8))
    header.add("llama")
    header.add("llama.block_count")
    header.add(UInt32(10))
    header.add(UInt64(7))
    header.add("tokens")
    header.add(UInt32(9))
    header.add(UInt32(8))
    header.add(UInt64(2))
    header.add("a")
    header.add("bc")
    header.add(tensor: "q", shape: [256, 2], type: 12, offset: 0)
    header.add(tensor: "h", shape: [3, 5], type: 1, offset: 288)
    header.pad(data: 288 + 30)
    let file = try read(header)
    #expect(file.metadata["general.architecture"] == .text("llama"))
    #expect(file.metadata["llama.block_count"] == .integer(7))
    #expect(file.metadata["tokens"] == .list(count: 2, values: []))
    #expect(file.tensors.map(\.byteCount) == [288, 30])
    #expect(file.tensors.map(\.type.name) == ["Q4_K", "F16"])
    #expect(file.tensors.map(\.count) == [512, 15])
  }

  @Test(
    "counts that the file has no room for are refused before anything is made for them",
    arguments: [
      (UInt64(1) << 63, UInt64(0)), (0, 1 << 63), (.max, .max), (1 << 40, 0),
    ])
  func hugeCounts(_ counts: (UInt64, UInt64)) throws {
    let message = try message(Header(tensors: counts.0, values: counts.1))
    #expect(message.contains("cut short or damaged"))
  }

  @Test func hugeTextsAndListsAreRefused() throws {
    var text = Header(tensors: 0, values: 1)
    text.add(UInt64(1) << 62)
    #expect(try message(text).contains("cut short or damaged"))
    var list = Header(tensors: 0, values: 1)
    list.add("k")
    list.add(UInt32(9))
    list.add(UInt32(10))
    list.add(UInt64(1) << 61)
    #expect(try message(list).contains("cut short or damaged"))
    var deep = Header(tensors: 0, values: 1)
    deep.add("k")
    for _ in 0..<1000 {
      deep.add(UInt32(9))
      if deep.bytes.count > 100 { deep.add(UInt64(1)) }
    }
    #expect(try message(deep) != "no error")
    var nested = Header(tensors: 0, values: 1)
    nested.add("k")
    nested.add(UInt32(9))
    for _ in 0..<100 {
      nested.add(UInt32(9))
      nested.add(UInt64(1))
    }
    #expect(try message(nested).contains("nested deeper"))
  }

  @Test func tensorsThatCannotBeAreRefused() throws {
    func one(_ shape: [UInt64], _ type: UInt32, _ offset: UInt64, data: Int = 64) throws -> String {
      var header = Header(tensors: 1, values: 0)
      header.add(tensor: "t", shape: shape, type: type, offset: offset)
      header.pad(data: data)
      return try message(header)
    }
    #expect(try one([8], 0, 0) == "no error")
    #expect(try one([8], 99, 0).contains("unknown type 99"))
    #expect(try one([33], 2, 0).contains("whole blocks of 32"))
    #expect(try one([1 << 40, 1 << 40], 0, 0).contains("too large"))
    #expect(try one([1 << 63], 0, 0).contains("a length of"))
    #expect(try one([8], 0, 1 << 63).contains("no multiple of"))
    #expect(try one([8], 0, 3).contains("no multiple of 32"))
    #expect(try one([64], 0, 0).contains("ends at byte 256 of the data, which has 64"))
    #expect(try one([UInt64](repeating: 1, count: 9), 0, 0).contains("9 dimensions"))
    var twice = Header(tensors: 2, values: 0)
    twice.add(tensor: "t", shape: [8], type: 0, offset: 0)
    twice.add(tensor: "t", shape: [8], type: 0, offset: 32)
    twice.pad(data: 64)
    #expect(try message(twice).contains("twice"))
    var overlapping = Header(tensors: 2, values: 0)
    overlapping.add(tensor: "a", shape: [16], type: 0, offset: 0)
    overlapping.add(tensor: "b", shape: [8], type: 0, offset: 32)
    overlapping.pad(data: 64)
    #expect(try message(overlapping).contains("overlap"))
  }

  @Test func otherFilesAreRefused() throws {
    #expect(try message(Header(version: 4, tensors: 0, values: 0)).contains("version 4"))
    #expect(try message(Header(version: UInt32(3).byteSwapped, tensors: 0, values: 0)).contains("big-endian"))
    var other = Header(tensors: 0, values: 0)
    other.bytes[0] = 0
    #expect(try message(other).contains("is not a GGUF file"))
    other.bytes = []
    #expect(try message(other).contains("cut short"))
  }

  /// Whatever byte of a sound header is changed or cut off, there is an answer.
  @Test func damagedHeadersEndWithAnAnswer() throws {
    var header = Header(tensors: 1, values: 1)
    header.add("general.architecture")
    header.add(UInt32(8))
    header.add("llama")
    header.add(tensor: "t", shape: [256, 2], type: 12, offset: 0)
    header.pad(data: 288)
    for index in header.bytes.indices.prefix(120) {
      for byte: UInt8 in [0, 9, 0x7F, 0xFF] {
        var damaged = header
        damaged.bytes[index] = byte
        _ = try message(damaged)
      }
      var short = header
      short.bytes.removeLast(header.bytes.count - index)
      #expect(try message(short) != "no error")
    }
  }
}
