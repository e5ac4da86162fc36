import Documents
import Foundation
import Tensors
import Testing

@testable import Reduction

struct VisualFeaturesTests {
  /// Reads features of these tensors from a file, of numbers from 1 to 8, or those that `change` makes of them.
  private func read(
    keys: [Int] = [5, 4], query: [Int] = [4], tokens: [Int] = [5, 4], metadata: [String: String] = [:],
    change: (inout [String: [Float]]) -> Void = { _ in }
  ) throws -> VisualFeatures {
    let shapes = ["keys": keys, "cls_query": query, "tokens": tokens]
    var values = shapes.mapValues { shape in (0..<shape.reduce(1, *)).map { Float($0 * 5 % 8 + 1) } }
    change(&values)
    var tensors: [String: Tensor<Float>] = [:]
    for (name, shape) in shapes { tensors[name] = Tensor(shape: shape, elements: values[name] ?? []) }
    return try withTemporaryPath { path in
      try Safetensors.write(floats: tensors, metadata: metadata, to: path)
      return try VisualFeatures(contentsOf: path)
    }
  }

  /// Calls `body` with a path at which a file may be written; it is gone afterwards.
  private func withTemporaryPath<Result>(_ body: (String) throws -> Result) rethrows -> Result {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  @Test func readsShapesGridAndHeads() throws {
    let features = try read()
    #expect((features.patches, features.width, features.heads) == (4, 4, 1))
    #expect(features.grid == .init(rows: 2, columns: 2))
    #expect(!features.isSynthetic)
    let long = try read(metadata: ["grid": "1x4", "heads": "2"])
    #expect((long.grid.description, long.heads) == ("1x4", 2))
    let wide = try read(keys: [2, 1024], query: [1024], tokens: [2, 1024])
    #expect((wide.patches, wide.heads) == (1, 16))
  }

  @Test(arguments: [
    ([5], [4], [5], "keys has the shape [5]"), ([1, 4], [4], [1, 4], "keys have 1 rows"),
    ([5, 0], [0], [5, 0], "keys has the shape [5, 0]"), ([5, 4], [1, 4], [5, 4], "cls_query has the shape [1, 4]"),
    ([5, 4], [3], [5, 4], "cls_query has 3 numbers"), ([5, 4], [4], [4, 4], "expected the same shape"),
    ([5, 4], [4], [5, 8], "expected the same shape"), ([4, 4], [4], [4, 4], "3 patches are no square"),
  ])
  func refusesShapesThatDoNotMatch(keys: [Int], query: [Int], tokens: [Int], message: String) {
    let error = #expect(throws: Diagnostic.self) { try read(keys: keys, query: query, tokens: tokens) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test(arguments: ["2x3", "0x4", "-2x-2", "2", "2x2x1", "2 x 2", "9223372036854775807x2", "4611686018427387905x4", ""])
  func refusesGridsThatDoNotHoldThePatches(grid: String) {
    #expect(throws: Diagnostic.self) { try read(metadata: ["grid": grid]) }
  }

  @Test(arguments: ["0", "-1", "3", "two", "9223372036854775808"])
  func refusesHeadsThatDoNotDivideTheWidth(heads: String) {
    #expect(throws: Diagnostic.self) { try read(metadata: ["heads": heads]) }
  }

  /// Number 14 of rows of 4 stands in row 3, column 2; 19 is the last one.
  @Test(arguments: [
    ("keys", 14, Float.nan, "keys holds nan in row 3, column 2"),
    ("keys", 0, .infinity, "keys holds inf in row 0, column 0"),
    ("tokens", 19, -.infinity, "tokens holds -inf in row 4, column 3"),
    ("cls_query", 1, .nan, "cls_query holds nan in column 1"),
  ])
  func refusesNumbersThatAreNotFinite(tensor: String, index: Int, value: Float, message: String) {
    let error = #expect(throws: Diagnostic.self) { try read { $0[tensor]?[index] = value } }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test func acceptsTheLargestNumbers() throws {
    #expect(try read { $0["keys"]?[3] = -.greatestFiniteMagnitude }.keys.row(0)[3] == -.greatestFiniteMagnitude)
  }

  /// Sound or not: what matters is that it is an error or a result, never a trap.
  @Test func survivesAnyByteReplaced() throws {
    let features = try read()
    try withTemporaryPath { path in
      let matrix = try #require(Tensor(shape: [5, 4], elements: features.keys.elements))
      let query = try #require(Tensor(shape: [4], elements: features.classQuery))
      try Safetensors.write(
        floats: ["keys": matrix, "cls_query": query, "tokens": matrix], metadata: ["grid": "2x2", "heads": "1"],
        to: path)
      let bytes = try Files.read(path, limit: 10_000)
      let reducers: [any TokenReducer] = [PruMerge(), PruMergePlus(.paper), try PruMergePlus(ratio: 0.5)]
      for index in bytes.indices {
        for replacement in [0x00, 0x31, 0x39, 0x7F, 0xFF] as [UInt8] {
          var damaged = bytes
          damaged[index] = replacement
          try Files.write(damaged, to: path)
          guard let features = try? VisualFeatures(contentsOf: path) else { continue }
          for reducer in reducers { _ = try? reducer.reduce(features) }
        }
      }
    }
  }
}
