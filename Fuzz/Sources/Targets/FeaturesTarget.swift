import Architectures
import Catalog
import Documents
import Reduction
import ReductionMethods

extension FuzzTarget {
  /// Features made of the bytes, on which every reducer of features runs: the first six say how many patches, how wide, how
  /// many heads, which tensors there are and which reducer it is, the others are numbers.
  static let features = FuzzTarget("features", longest: 1024) { (bytes) throws(Diagnostic) in
    guard bytes.count > 8 else { return }
    var numbers = FeatureNumbers(Array(bytes.dropFirst(6)), isRaw: bytes[4] & 1 == 1)
    let (rows, columns) = (1 + Int(bytes[0] % 8), 1 + Int(bytes[1] % 8))
    let heads = 1 + Int(bytes[3] % 4)
    let width = heads * (1 + Int(bytes[2] % 6))
    let hasClassToken = bytes[4] & 2 == 0
    let count = rows * columns + (hasClassToken ? 1 : 0)
    let tokenWidth = hasClassToken || bytes[4] & 4 == 0 ? width : width + 3
    guard let keys = Matrix(columns: width, elements: numbers.take(count * width)),
      let tokens = Matrix(columns: tokenWidth, elements: numbers.take(count * tokenWidth))
    else { return }
    let penultimate = bytes[4] & 8 == 0 ? nil : Matrix(columns: width, elements: numbers.take(count * width))
    let features = try VisualFeatures(
      name: "fuzzed", keys: keys, classQuery: numbers.take(width), tokens: tokens, penultimateKeys: penultimate,
      penultimateClassQuery: bytes[4] & 16 == 0 ? nil : numbers.take(width),
      meanAttention: hasClassToken ? nil : numbers.take(count), grid: .init(rows: rows, columns: columns),
      heads: heads)
    let reducer = reducers[Int(bytes[5]) % reducers.count]
    if hasClassToken, let inside = reducer as? any InEncoderReducer {
      try step(inside, features, layer: Int(bytes[5]) / reducers.count, numbers: &numbers)
    }
    let reduced = try reducer.reduce(features)
    precondition(reduced.tokens.columns == tokenWidth)
    precondition(reduced.kept.count <= reduced.count)
    precondition(reduced.kept.allSatisfy { (-1..<features.patches).contains($0) })
    precondition(reduced.assignment?.allSatisfy { (-1..<reduced.count).contains($0) } ?? true)
  }

  /// One step of a reducer inside an encoder: it makes tokens of tokens that are there.
  private static func step(
    _ reducer: any InEncoderReducer, _ features: VisualFeatures, layer: Int, numbers: inout FeatureNumbers
  ) throws(Diagnostic) {
    let sizes = numbers.take(features.keys.rows).map { max(1, $0.magnitude.rounded()) }
    guard sizes.allSatisfy(\.isFinite), let encoder else { return }
    let tokens = LayerTokens(
      keys: features.keys, values: features.tokens, classQuery: features.classQuery, sizes: sizes,
      heads: features.heads, name: features.name)
    guard let combined = try reducer.step(tokens, layer: layer, of: encoder) else { return }
    precondition(!combined.isEmpty && combined.count <= tokens.count)
    for token in combined {
      precondition(token.terms.allSatisfy { (0..<tokens.count).contains($0.row) })
      precondition(token.continues.map { (0..<tokens.count).contains($0) } ?? true)
    }
  }

  private static let encoder = (try? Catalog.standard.model("clip-vit-large-patch14-336"))?.vision?.encoder

  /// All methods as they are listed, and with few tokens.
  private static let reducers: [any TokenReducer] =
    (Reducers.all.map(\.example)
    + [
      "prumerge:paper", "prumerge:query=mean", "prumerge+:ratio=0.25", "sequential:1", "sequential:5", "spatial:2x2",
      "random:3", "visionzip:4+2", "visionzip:1+1", "fastervlm:1", "fastervlm:6", "divprune:0.9", "tome:r=1",
      "tome:r=8",
      "evit:keep=0.3", "ats:4", "ats:2", "crossget:r=1", "crossget:r=5",
    ]).compactMap { specification in
      do throws(Diagnostic) { return try Reducers.method(specification) as? any TokenReducer } catch {
        fatalError("\(error)")
      }
    }
}

/// Numbers in single precision, one after the other and over again.
private struct FeatureNumbers {
  let bytes: [UInt8]
  /// Whether four bytes are the number, else one is a step of 1/16.
  let isRaw: Bool
  var place = 0

  init(_ bytes: [UInt8], isRaw: Bool) { (self.bytes, self.isRaw) = (bytes, isRaw) }

  mutating func take(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }

  private mutating func next() -> Float {
    guard isRaw else { return Float(Int8(bitPattern: byte())) / 16 }
    return Float(bitPattern: (0..<4).reduce(0) { bits, _ in bits << 8 | UInt32(byte()) })
  }

  private mutating func byte() -> UInt8 {
    defer { place += 1 }
    return bytes[place % bytes.count]
  }
}
