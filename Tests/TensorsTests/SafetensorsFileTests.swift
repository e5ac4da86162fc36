import Documents
import Testing

@testable import Tensors

struct SafetensorsFileTests {
  /// Opens a file with this header and data 0, 1, 2, ...
  private func open(_ header: String, dataCount: Int) throws -> SafetensorsFile {
    try withTemporaryFile(safetensors(header, dataCount: dataCount)) { path in try SafetensorsFile(path: path) }
  }

  /// A sound header for 10 bytes of data.
  private let twoTensors = """
    {"a":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"b":{"dtype":"F32","shape":[1],"data_offsets":[6,10]}}
    """

  @Test func readsEveryTypeThatItShould() throws {
    let header = """
      {"__metadata__":{"grid":"1x2"},"a":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},
      "b":{"dtype":"F16","shape":[1,2],"data_offsets":[4,8]},"c":{"dtype":"F32","shape":[],"data_offsets":[8,12]},
      "d":{"dtype":"I32","shape":[1],"data_offsets":[12,16]},"e":{"dtype":"F64","shape":[0,7],"data_offsets":[16,16]}}
      """
    let data: [UInt8] = [
      0x80, 0x3F, 0x00, 0xC0,  // 0x3F80, 0xC000: 1 and -2
      0x00, 0x3C, 0x00, 0xB8,  // 0x3C00, 0xB800: 1 and -0.5
      0x00, 0x00, 0x40, 0x40,  // 0x40400000: 3
      0xFE, 0xFF, 0xFF, 0xFF,  // -2
    ]
    // One more space makes every offset odd: nothing in the file is aligned then. (Newlines are white space to JSON.)
    for header in [header, header + " "] {
      try withTemporaryFile(safetensors(header, dataCount: 0) + data) { path in
        let file = try SafetensorsFile(path: path)
        #expect(file.names == ["a", "b", "c", "d", "e"])
        #expect(file.metadata == ["grid": "1x2"])
        #expect(try file.tensor(named: "a") == Tensor(shape: [2], elements: [1, -2]))
        #expect(try file.tensor(named: "b") == Tensor(shape: [1, 2], elements: [1, -0.5]))
        #expect(try file.tensor(named: "c") == Tensor(shape: [], elements: [3]))
        #expect(try file.integers(named: "d") == Tensor(shape: [1], elements: [-2]))
      }
    }
  }

  @Test func namesWhatThereIsInsteadOfAMissingTensor() throws {
    let header = #"{"keys":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    try withTemporaryFile(safetensors(header, dataCount: 4)) { path in
      let file = try SafetensorsFile(path: path)
      let missing = #expect(throws: Diagnostic.self) { try file.tensor(named: "tokens") }
      #expect(missing?.message == "has no tensor \"tokens\"; it has keys")
      let wrong = #expect(throws: Diagnostic.self) { try file.integers(named: "keys") }
      #expect(wrong?.message == "the tensor \"keys\" is stored as F32; expected I32")
    }
  }

  @Test func refusesTypesThatItCannotRead() throws {
    let header = #"{"keys":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}"#
    try withTemporaryFile(safetensors(header, dataCount: 8)) { path in
      let error = #expect(throws: Diagnostic.self) { try SafetensorsFile(path: path).tensor(named: "keys") }
      #expect(error?.message == "the tensor \"keys\" is stored as F64; expected F32, F16 or BF16")
    }
  }

  @Test(arguments: [
    (#"[]"#, 0, "does not begin with"),
    (#"{"a":1}"#, 0, "to be a mapping"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#, 4, "malformed JSON"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x"#, 4, "expected the end"),
    (#"{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}"#, 4, "unknown type \"F31\""),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4, "lacks the required key \"data_offsets\""),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, 4, "unknown key \"x\""),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "whole number from 0"),
    (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,6]}}"#, 6, "whole number from 0"),
    (#"{"a":{"dtype":"F32","shape":["1"],"data_offsets":[0,4]}}"#, 4, "whole number from 0"),
    (#"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#, 4, "too large"),
    (#"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}"#, 1, "no whole number of bytes"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "takes 8 bytes"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "whole number from 4"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}"#, 4, "expected two data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,9223372036854775808]}}"#, 4, "whole number from 0"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4, "ends at byte 8"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "belong to no tensor"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "cover only 4"),
    (#"{}"#, 1, "cover only 0"),
    (#"{"__metadata__":{"grid":24}}"#, 0, "to be text in quotes"),
    (#"{"__metadata__":[]}"#, 0, "to be a mapping"),
    (
      "{\"a\":{\"dtype\":\"U8\",\"shape\":[\(String(repeating: "1,", count: 64))1],\"data_offsets\":[0,1]}}", 1,
      "expected \"shape\" to have at most 64 lengths, found 65"
    ),
  ])
  func refusesUnsoundHeaders(header: String, dataCount: Int, message: String) {
    let error = #expect(throws: Diagnostic.self) { try open(header, dataCount: dataCount) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test func refusesOverlappingAndRepeatedTensors() {
    let a = #""a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#
    let b = #""b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}"#
    let overlap = #expect(throws: Diagnostic.self) { try open("{\(a),\(b)}", dataCount: 12) }
    #expect(overlap?.message.contains("overlaps") == true)
    let twice = #expect(throws: Diagnostic.self) { try open("{\(a),\(a)}", dataCount: 8) }
    #expect(twice?.message.contains("duplicate key \"a\"") == true)
    #expect(twice?.position?.column == 1 + a.count + 1 + 1)  // behind "{", the first "a" and ","
  }

  @Test func refusesImpossibleHeaderLengths() throws {
    for length in [1 << 63, .max, 100_000_001, 16_000_001, 3] as [UInt64] {
      let bytes = withUnsafeBytes(of: length.littleEndian) { [UInt8]($0) } + [0x7B, 0x7D]  // "{}"
      try withTemporaryFile(bytes) { path in
        #expect(throws: Diagnostic.self) { try SafetensorsFile(path: path) }
      }
    }
  }

  @Test func refusesAFileCutAtAnyByte() throws {
    let bytes = safetensors(twoTensors, dataCount: 10)
    for count in 0..<bytes.count {
      try withTemporaryFile([UInt8](bytes.prefix(count))) { path in
        #expect(throws: Diagnostic.self) { try SafetensorsFile(path: path) }
      }
    }
    #expect(try withTemporaryFile(bytes) { path in try SafetensorsFile(path: path).names } == ["a", "b"])
  }

  @Test func survivesAnyByteReplaced() throws {
    let bytes = safetensors(twoTensors, dataCount: 10)
    for index in bytes.indices {
      for replacement in [0, 0x22, 0x30, 0x39, 0x5B, 0x7D, 0xFF] as [UInt8] {
        var damaged = bytes
        damaged[index] = replacement
        try withTemporaryFile(damaged) { path in
          // Sound or not: what matters is that it is an error or a tensor, never a trap.
          guard let file = try? SafetensorsFile(path: path) else { return }
          for name in file.names { _ = try? file.tensor(named: name) }
        }
      }
    }
  }

  @Test func refusesWhatIsNoFile() throws {
    #expect(throws: Diagnostic(file: "/nowhere/x", "cannot read: No such file or directory")) {
      try SafetensorsFile(path: "/nowhere/x")
    }
    #expect(throws: Diagnostic(file: "/", "is a directory; expected a file")) { try SafetensorsFile(path: "/") }
    #expect(throws: Diagnostic.self) { try SafetensorsFile(path: "/dev/null") }
  }
}
