import Foundation
import Reduction
import Tensors
import Testing

struct ReducedTokensTests {
  @Test func writesTokensAndIndices() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let tokens = try #require(Matrix(columns: 2, elements: [1, 2, 3, 4, 5, 6]))
    try ReducedTokens(tokens: tokens, kept: [575, 0]).write(to: path)
    let file = try SafetensorsFile(path: path)
    #expect(try file.tensor(named: "tokens") == Tensor(shape: [3, 2], elements: [1, 2, 3, 4, 5, 6]))
    #expect(try file.integers(named: "kept") == Tensor(shape: [2], elements: [575, 0]))
    #expect(file.names == ["kept", "tokens"])
    try ReducedTokens(tokens: tokens, kept: [-1, 0], assignment: [1, -1, 2]).write(to: path)
    let merged = try SafetensorsFile(path: path)
    #expect(try merged.integers(named: "assignment") == Tensor(shape: [3], elements: [1, -1, 2]))
    #expect(try merged.integers(named: "kept") == Tensor(shape: [2], elements: [-1, 0]))
  }
}
