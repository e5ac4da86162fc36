import Architectures
import Configurations
import Documents
import Foundation
import Operators
import Testing

/// Configurations with values that no model has, made of every one that is counted here: each is read or refused with its
/// place, and what is read can be counted. None may trap or hang.
@Suite("Hostile configurations") struct HostileConfigTests {
  private static let files: [String] = {
    ["families", "models_2026", "configs"].flatMap { folder in
      let path = ConfigTests.folder.appending(path: folder).path
      return ((try? Files.names(in: path, suffixes: [".json"])) ?? []).map { "\(path)/\($0)" }
    }
  }()

  /// What stands in place of a value.
  private static let values: [Node.Content] =
    ["null", "-1", "0", "1", "7", "9223372036854775807", "-9223372036854775808", "1e308", "1e-308", "0.5", "true"].map {
      .scalar($0, quoted: false)
    } + [
      .scalar("x", quoted: true), .scalar("", quoted: true), .sequence([]), .mapping([]),
      .sequence(
        [Node](
          repeating: Node(.scalar("0", quoted: false), at: Diagnostic.Position(file: "c.json", line: 1, column: 1)),
          count: 99)),
    ]

  /// Numbers that are the same in every run.
  private struct Draws {
    var state: UInt64
    mutating func next(below limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % max(1, limit)
    }
  }

  /// How many values a node holds, itself included.
  private func size(_ node: Node) -> Int {
    switch node.content {
    case .scalar: 1
    case .sequence(let items): items.reduce(1) { $0 + size($1) }
    case .mapping(let entries): entries.reduce(1) { $0 + size($1.value) }
    }
  }

  /// The node with the value of a number replaced or, where it is one of a mapping's, left out.
  private func changed(_ node: Node, at place: inout Int, to content: Node.Content?) -> Node? {
    if place == 0 {
      place -= 1
      return content.map { Node($0, at: node.position) }
    }
    place -= 1
    var node = node
    switch node.content {
    case .scalar: break
    case .sequence(let items):
      node.content = .sequence(items.compactMap { place < 0 ? $0 : changed($0, at: &place, to: content) })
    case .mapping(let entries):
      node.content = .mapping(
        entries.compactMap { entry in
          guard place >= 0 else { return entry }
          var entry = entry
          guard let value = changed(entry.value, at: &place, to: content) else { return nil }
          entry.value = value
          return entry
        })
    }
    return node
  }

  @Test("of every fixture forty, from one to three values each wrong", arguments: files)
  func mutations(_ path: String) throws {
    let root = try JSON.parse(Files.read(path, limit: 1 << 24), file: path, asPython: true)
    let count = size(root)
    guard count < 20_000 else { return }
    var draws = Draws(state: path.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) })
    for _ in 0..<40 {
      var node = root
      for _ in 0...draws.next(below: 3) {
        var place = 1 + draws.next(below: count)
        let choice = draws.next(below: Self.values.count + 1)
        node = changed(node, at: &place, to: choice < Self.values.count ? Self.values[choice] : nil) ?? node
      }
      do throws(Diagnostic) {
        let model = try MultimodalModel(config: node, name: "m")
        #expect(model.parameterCount.isFinite && model.parameterCount >= 0)
        guard let language = model.language, language.layers < 200 else { continue }
        let workload = try Workload(visualTokens: 0, textTokens: 3)
        for kernels in Accounting.Kernels.allCases {
          #expect(!language.operators(workload.prefill(of: language), kernels: kernels).isEmpty)
        }
      } catch {
        #expect(!error.message.isEmpty && error.position != nil, "\(error)")
      }
    }
  }
}
