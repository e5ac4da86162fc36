internal import Quantities

/// Operators in the order of the work, as tables write them one after the other.
///
/// A list can be emptied and filled again without any allocation. It gives the operators that it takes a scope and a
/// number of repetitions, so that a table of one layer need not know of either.
package struct OperatorList: Sendable {
  /// The operators so far.
  package private(set) var operators: [Operator] = []
  /// How many layers the operators that follow stand for.
  package var repeats = 1
  /// What stands before the names of the operators that follow.
  package var scope: StaticString?
  /// What some of the operators cost, by which one of several ways to do the same work is chosen: executed FLOPs, unless
  /// who reads the table knows what they cost on a device.
  package var cost: Cost = { operators, range in range.reduce(0) { $0 + operators[$1].executedFLOPs.value } }

  /// The cost of a range of operators.
  package typealias Cost = @Sendable (_ operators: [Operator], _ range: Range<Int>) -> Double

  /// An empty list.
  package init() {}

  /// Adds an operator at the end; one that never occurs is left out.
  package mutating func add(_ operation: Operator) { add(operation, times: repeats) }

  /// Adds an operator for so many layers instead of `repeats`.
  @inline(__always)
  package mutating func add(_ operation: Operator, times: Int) {
    guard times > 0 else { return }
    operators.append(operation)
    // In place: an operator is large enough for its copies to be felt.
    operators[operators.count - 1].repeatCount = times
    if let scope { operators[operators.count - 1].name.setScope(scope) }
  }

  /// Adds what one of several tables writes, the first one whose operators cost least together.
  package mutating func addCheapest(of tables: Int, _ write: (_ table: Int, inout OperatorList) -> Void) {
    let start = operators.count
    var least = Double.infinity
    for table in 0..<tables {
      let middle = operators.count
      write(table, &self)
      if tables == 1 { return }
      let new = cost(operators, middle..<operators.count)
      operators.removeSubrange(new < least ? start..<middle : middle..<operators.count)
      least = min(least, new)
    }
  }

  /// Empties the list and keeps its storage.
  package mutating func removeAll() {
    operators.removeAll(keepingCapacity: true)
    repeats = 1
    scope = nil
  }

  /// What a table writes.
  package static func of(choosingBy cost: Cost? = nil, _ table: (inout OperatorList) -> Void) -> [Operator] {
    var list = OperatorList()
    if let cost { list.cost = cost }
    table(&list)
    return list.operators
  }
}

extension [Operator] {
  /// Equal operators as one with a repeat count, others of the same name beside each other: what a person reads.
  package var merged: [Operator] {
    var result: [Operator] = []
    var next = 0
    for operation in self {
      if let index = result.firstIndex(where: { $0.costsAsMuch(as: operation) && $0.name == operation.name }) {
        result[index].repeatCount += operation.repeatCount
        next = index + 1
      } else {
        let index = result.lastIndex { $0.name == operation.name }.map { $0 + 1 } ?? next
        result.insert(operation, at: index)
        next = index + 1
      }
    }
    return result
  }
}
