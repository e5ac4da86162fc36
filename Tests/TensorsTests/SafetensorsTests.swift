import Documents
import Testing

@testable import Tensors

struct SafetensorsTests {
  private let floats = ["tokens": Tensor<Float>(uncheckedShape: [2, 2], elements: [1, -2, 0.5, .pi])]
  private let integers = ["kept": Tensor<Int32>(uncheckedShape: [3], elements: [7, 0, -1])]

  @Test func readsBackWhatItWrote() throws {
    let metadata = ["reducer": "prumerge+", "note": "\"quoted\"\\\n\u{1}é🙂"]
    try withTemporaryFile { path in
      try Safetensors.write(floats: floats, integers: integers, metadata: metadata, to: path)
      let file = try SafetensorsFile(path: path)
      #expect(file.names == ["kept", "tokens"])
      #expect(file.metadata == metadata)
      #expect(try file.tensor(named: "tokens") == floats["tokens"])
      #expect(try file.integers(named: "kept") == integers["kept"])
    }
  }

  @Test func writesTheFormatByteForByte() throws {
    try withTemporaryFile { path in
      let one = try #require(Tensor<Float>(shape: [1], elements: [1]))
      try Safetensors.write(floats: ["b": one], integers: [:], metadata: ["k": "v"], to: path)
      let header = #"{"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
      // 79 characters and one space make 80, a multiple of 8; 1 is 0x3F800000.
      let expected = [80, 0, 0, 0, 0, 0, 0, 0] + [UInt8](header.utf8) + [0x20, 0, 0, 0x80, 0x3F]
      #expect(try Files.read(path, limit: 1000) == expected)
    }
  }

  @Test func writesNothingAtAll() throws {
    try withTemporaryFile { path in
      try Safetensors.write(to: path)
      #expect(try SafetensorsFile(path: path).names.isEmpty)
    }
  }

  @Test func refusesClashingNames() throws {
    try withTemporaryFile([1]) { path in
      let kept = try #require(Tensor<Float>(shape: [], elements: [1]))
      #expect(throws: Diagnostic.self) {
        try Safetensors.write(floats: ["kept": kept], integers: integers, to: path)
      }
      #expect(throws: Diagnostic.self) { try Safetensors.write(floats: ["__metadata__": kept], to: path) }
      #expect(try Files.read(path, limit: 10) == [1])
    }
  }

  @Test func refusesAFolderThatIsNotThere() {
    #expect(throws: Diagnostic.self) { try Safetensors.write(floats: floats, to: "/nowhere/tokens.safetensors") }
  }

  @Test func aTensorHasAsManyElementsAsItsShapeSays() {
    #expect(Tensor<Float>(shape: [2, 2], elements: [1, 2, 3]) == nil)
    #expect(Tensor<Float>(shape: [-1, -1], elements: [1]) == nil)
    #expect(Tensor<Float>(shape: [.max, .max], elements: [1]) == nil)
    #expect(Tensor<Float>(shape: [0, 5], elements: []) != nil)
  }
}
