package import CRoofline
internal import RooflineKit

extension Matrix {
  /// The numbers of the caller's, read where they lie if they are single; nil for no matrix.
  ///
  /// - Throws: `Diagnostic` for a shape or a format that there is not, naming the matrix.
  fileprivate init?(_ matrix: roofline_matrix, _ name: String) throws(Diagnostic) {
    guard let numbers = matrix.numbers else { return nil }
    // Larger ones are refused by whoever takes them; here it keeps products within an integer.
    guard (1...1 << 24).contains(matrix.rows), (1...1 << 24).contains(matrix.columns) else {
      throw Diagnostic("\(name) has the shape [\(matrix.rows), \(matrix.columns)]; expected rows and columns")
    }
    let (rows, columns) = (Int(matrix.rows), Int(matrix.columns))
    switch matrix.format {
    case Int32(ROOFLINE_F32.rawValue):
      guard UInt(bitPattern: numbers).isMultiple(of: 4) else {
        throw Diagnostic("\(name) begins at an odd address; expected a multiple of 4")
      }
      self.init(rows: rows, columns: columns, lentBy: numbers.assumingMemoryBound(to: Float.self))
    case Int32(ROOFLINE_F16.rawValue): self.init(rows: rows, columns: columns, widening: numbers, .half)
    case Int32(ROOFLINE_BF16.rawValue): self.init(rows: rows, columns: columns, widening: numbers, .brain)
    case let other: throw Diagnostic("\(name) has the format \(other); expected F32, F16 or BF16")
    }
  }
}

extension VisualFeatures {
  /// The features of the caller's. They may not be kept: their memory is lent.
  ///
  /// - Throws: `Diagnostic` for what is missing, does not fit the rest, or is no number.
  fileprivate init(_ features: roofline_features) throws(Diagnostic) {
    func row(_ matrix: roofline_matrix, _ name: String) throws(Diagnostic) -> [Float]? {
      guard let matrix = try Matrix(matrix, name) else { return nil }
      guard matrix.rows == 1 else { throw Diagnostic("\(name) has \(matrix.rows) rows; expected one") }
      return [Float](matrix.row(0))
    }
    guard let keys = try Matrix(features.keys, "keys") else { throw Diagnostic("the features have no keys") }
    guard let query = try row(features.class_query, "cls_query") else {
      throw Diagnostic("the features have no cls_query")
    }
    guard let tokens = try Matrix(features.tokens, "tokens") else { throw Diagnostic("the features have no tokens") }
    var grid: Grid?
    if features.grid_rows != 0 || features.grid_columns != 0 {
      grid = Grid(rows: Int(features.grid_rows), columns: Int(features.grid_columns))
    }
    try self.init(
      name: features.name.map { String(cString: $0) } ?? "features", keys: keys, classQuery: query, tokens: tokens,
      penultimateKeys: try Matrix(features.penultimate_keys, "penultimate_keys"),
      penultimateClassQuery: try row(features.penultimate_class_query, "penultimate_cls_query"), grid: grid,
      heads: features.heads == 0 ? nil : Int(features.heads))
  }
}

/// What a reducer left, where the caller can read it.
private final class Reduction: @unchecked Sendable {
  // Nothing changes after `init`.
  private let tokens: UnsafeMutablePointer<Float>
  private let (count, width): (Int, Int)
  private let kept: GrowingMemory<Int64>
  private let assignment: GrowingMemory<Int64>?
  private let note: UnsafeMutablePointer<CChar>?
  private let seconds: Double

  init(_ result: ReducedTokens, seconds: Double) {
    func numbers(_ list: [Int]) -> GrowingMemory<Int64> {
      var memory = GrowingMemory<Int64>()
      for number in list { memory.append(Int64(number)) }
      return memory
    }
    (count, width) = (result.tokens.rows, result.tokens.columns)
    tokens = .allocate(capacity: max(1, count * width))
    result.tokens.withNumbers { [tokens, count, width] in tokens.update(from: $0, count: count * width) }
    kept = numbers(result.kept)
    assignment = result.assignment.map(numbers)
    note = result.note.flatMap(lasting)
    self.seconds = seconds
  }

  deinit {
    tokens.deallocate()
    kept.start?.deallocate()
    assignment?.start?.deallocate()
    freeText(note)
  }

  var view: roofline_left {
    roofline_left(
      tokens: tokens, count: Int64(count), width: Int64(width), kept: kept.start, kept_count: Int64(kept.count),
      assignment: assignment?.start, assignment_count: Int64(assignment?.count ?? 0), note: note, seconds: seconds)
  }
}

@_cdecl("roofline_reduce")
package func reduce(
  _ features: UnsafePointer<roofline_features>, _ reducer: Text?, _ made: Made
) -> Failure? {
  attempt { () throws(Diagnostic) in
    let method = try Reducers.named(try text(reducer, "the name of a reducer"))
    let run = try TimedReduction(method, try VisualFeatures(features.pointee))
    made.pointee = Handle(Reduction(run.result, seconds: run.seconds.value)).retained
  }
}

@_cdecl("roofline_reduction_left")
package func reductionLeft(_ reduction: OpaquePointer?, _ left: UnsafeMutablePointer<roofline_left>) -> Failure? {
  attempt { () throws(Diagnostic) in left.pointee = try Handle<Reduction>.of(reduction).view }
}

@_cdecl("roofline_reduction_free")
package func freeReduction(_ reduction: OpaquePointer?) { Handle<Reduction>.free(reduction) }
