import Documents
import Foundation
import Testing

@testable import Images

/// The fixtures that `make_fixtures.py` beside them made with Pillow and transformers.
enum Fixtures {
  static func path(_ name: String) throws -> String {
    try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/\(name)").path
  }

  static func bytes(_ name: String) throws -> [UInt8] { try Files.read(path(name), limit: 1 << 20) }

  /// What Pillow and transformers gave.
  static func expected() throws -> Expected {
    try JSONDecoder().decode(Expected.self, from: Data(bytes("expected.json")))
  }

  /// The names of all pictures.
  static func pictures() throws -> [String] { try expected().pictures.map(\.file) }
}

/// Checksums are CRC-32 of the bytes.
struct Expected: Decodable {
  struct Picture: Decodable {
    let file: String
    let mode: String
    let width: Int
    let height: Int
    let pixels: UInt32
    let orientation: Int?
  }
  struct Resized: Decodable {
    let file: String
    let width: Int
    let height: Int
    let filter: Int
    let pixels: UInt32
  }
  struct Preprocessed: Decodable {
    let file: String
    let configuration: String
    let height: Int
    let width: Int
    let values: UInt32
  }
  let pictures: [Picture]
  let resized: [Resized]
  let preprocessed: [Preprocessed]
}

/// The CRC-32 of ISO 3309, as in zlib.
func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
  checksumTable.withUnsafeBufferPointer { table in
    var sum = ~UInt32(0)
    for byte in bytes { sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ (sum >> 8) }
    return ~sum
  }
}

private let checksumTable: [UInt32] = (0..<256).map { index in
  var value = UInt32(index)
  for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
  return value
}

/// The error that `body` throws, as it is printed; an expectation fails if it throws none.
func diagnostic(_ body: () throws -> Any, sourceLocation: SourceLocation = #_sourceLocation) -> String? {
  #expect(throws: Diagnostic.self, sourceLocation: sourceLocation) { _ = try body() }?.description
}

/// Numbers that look random and are the same in every run: SplitMix64.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
