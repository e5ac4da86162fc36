public import Documents

/// The rows that answer a question: those of a study that are wanted, in the wanted order, one after the other.
///
/// Rows are made on all processors and handed out in order while they are made; only a few are in memory at a time. An order
/// or a front has to see all rows first, and then keeps a key and a number of each.
public struct Answer: Sendable {
  /// All rows.
  public let study: Study
  /// Which of them are wanted.
  public let selection: RowSelection

  /// What is put into every row before anything is asked of it.
  private let prepare: (@Sendable (inout RowFigures) -> Void)?

  /// The rows of `study` that `selection` wants; `prepare` completes each before it is chosen.
  public init(
    _ study: Study, _ selection: RowSelection = RowSelection(),
    prepare: (@Sendable (inout RowFigures) -> Void)? = nil
  ) {
    self.study = study
    self.selection = selection
    self.prepare = prepare
  }

  /// How whoever waits for the rows can look in.
  public struct Watch {
    /// Asked often; where it says yes, no further rows are made.
    public var isStopped: () -> Bool
    /// Told often how many rows of how many have been looked at.
    public var progress: (_ done: Int, _ all: Int) -> Void

    /// Somebody who looks in, or nobody.
    public init(
      isStopped: @escaping () -> Bool = { false }, progress: @escaping (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) {
      self.isStopped = isStopped
      self.progress = progress
    }
  }

  /// What came of it.
  public struct Tally: Sendable, Hashable {
    /// Rows that were handed out.
    public var rows = 0
    /// Rows that were looked at.
    public var considered = 0
    /// Why rows could not be made, each reason with the number of rows, in the order in which they came up.
    public var omissions: [Omission] = []
    /// Whether somebody stopped it.
    public var isInterrupted = false

    /// Why rows could not be made.
    public struct Omission: Sendable, Hashable {
      /// What is wrong.
      public var message: String
      /// Of how many rows.
      public var rows: Int
    }

    /// More different reasons are counted as one.
    private static let reasonLimit = 20

    mutating func add(_ other: Tally) {
      rows += other.rows
      considered += other.considered
      for omission in other.omissions { add(omission.message, rows: omission.rows) }
    }

    mutating func add(_ message: String, rows: Int = 1) {
      if let index = omissions.firstIndex(where: { $0.message == message }) {
        omissions[index].rows += rows
      } else if omissions.count < Self.reasonLimit {
        omissions.append(Omission(message: message, rows: rows))
      } else {
        omissions[Self.reasonLimit - 1].rows += rows
      }
    }
  }

  /// Makes the rows and hands out what `make` makes of some at a time, in order, on the thread of the caller.
  ///
  /// - Returns: how many there were, and what could not be estimated.
  /// - Throws: `Diagnostic` if no row can be estimated or none is wanted, and as `deliver` does.
  public func forEach<Value: Sendable>(
    _ watch: Watch = Watch(), make: @escaping @Sendable (inout [RowFigures]) -> Value,
    deliver: (Value) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Tally {
    let directions = try selection.directions()
    let goals = try selection.goals()
    var tally = Tally()
    if directions.isEmpty, goals.isEmpty {
      try stream(watch, &tally, make: make, deliver: deliver)
    } else {
      var ranking = Ranking(order: directions, front: goals, top: selection.top)
      try rank(&ranking, watch, &tally)
      if let column = ranking.unknown, !tally.isInterrupted { throw Self.unknown(column) }
      try handOut(ranking.numbers(), watch, &tally, make: make, deliver: deliver)
    }
    guard tally.rows > 0 || tally.isInterrupted else { throw emptiness(tally) }
    return tally
  }

  /// That rows cannot be ordered by what none of them has.
  private static func unknown(_ column: Column) -> Diagnostic {
    let isOfRequests = Column.request.contains(column)
    let hint =
      column.kind == .money
      ? "; costs are known with --generate and a price of an hour: --price-per-hour"
      : isOfRequests ? "; it is known of requests: say with --generate how much they generate" : ""
    return Diagnostic("no row has a value of \(column.key) to rank it by\(hint)")
  }

  /// Why there is no row at all.
  private func emptiness(_ tally: Tally) -> Diagnostic {
    let failed = tally.omissions.reduce(0) { $0 + $1.rows }
    guard failed < tally.considered || tally.considered == 0, let condition = selection.condition else {
      return Diagnostic(tally.omissions.first?.message ?? "the question has no rows")
    }
    let others = failed > 0 ? ", and \(failed) cannot be estimated" : ""
    return Diagnostic("no row of \(tally.considered) keeps to \"\(condition.text)\"\(others); write a wider --where")
  }

  /// Rows that a thread makes before it hands them on: so few that their storage is small enough to be kept.
  static let chunk = 32

  /// All rows in the order of the study.
  private func stream<Value: Sendable>(
    _ watch: Watch, _ tally: inout Tally, make: @escaping @Sendable (inout [RowFigures]) -> Value,
    deliver: (Value) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    guard var left = selection.top else {
      return try inChunks(of: study.count, watch, &tally) { [self] numbers, memory in
        var (rows, tally) = self.rows(numbers, memory)
        tally.rows = rows.count
        return (rows.isEmpty ? nil : make(&rows), tally)
      } deliver: { value throws(Diagnostic) in
        if let value { try deliver(value) }
        return true
      }
    }
    // How many rows a chunk may hand out is known only when those before it have been.
    var delivered = 0
    try inChunks(of: study.count, watch, &tally) { [self] numbers, memory in
      self.rows(numbers, memory)
    } deliver: { rows throws(Diagnostic) in
      var wanted = Array(rows.prefix(left))
      left -= wanted.count
      delivered += wanted.count
      if !wanted.isEmpty { try deliver(make(&wanted)) }
      return left > 0
    }
    tally.rows = delivered
  }

  /// Ranks all rows by their keys.
  private func rank(_ ranking: inout Ranking, _ watch: Watch, _ tally: inout Tally) throws(Diagnostic) {
    let columns = ranking.columns
    try inChunks(of: study.count, watch, &tally) { [self] numbers, memory in
      var (rows, tally) = self.rows(numbers, memory)
      return (rows.indices.map { Ranking.Entry(&rows[$0], columns) }, tally)
    } deliver: { entries throws(Diagnostic) in
      entries.forEach { ranking.add($0) }
      return true
    }
  }

  /// The rows of these numbers, in their order.
  private func handOut<Value: Sendable>(
    _ numbers: [Int], _ watch: Watch, _ tally: inout Tally, make: @escaping @Sendable (inout [RowFigures]) -> Value,
    deliver: (Value) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    try inChunks(of: numbers.count, Watch(isStopped: watch.isStopped), &tally) { [self] places, memory in
      var rows: [RowFigures] = []
      for place in places {
        guard let row = try? study.rows(numbers[place]..<(numbers[place] + 1), memory).first?.get() else { continue }
        rows.append(RowFigures(row))
        rows[rows.count - 1].rank = place + 1
        prepare?(&rows[rows.count - 1])
      }
      var tally = Tally()
      tally.rows = rows.count
      return (rows.isEmpty ? nil : make(&rows), tally)
    } deliver: { value throws(Diagnostic) in
      if let value { try deliver(value) }
      return true
    }
  }

  /// Those of the rows of these numbers that are wanted.
  private func rows(_ numbers: Range<Int>, _ memory: Study.Memory) -> (rows: [RowFigures], tally: Tally) {
    var rows: [RowFigures] = []
    var tally = Tally()
    for (index, row) in study.rows(numbers, memory).enumerated() {
      tally.considered += 1
      switch row {
      case .success(let row):
        var figures = RowFigures(row)
        figures.number = numbers.lowerBound + index
        prepare?(&figures)
        if selection.condition?.holds(for: &figures) ?? true { rows.append(figures) }
      case .failure(let error): tally.add(error.message)
      }
    }
    return (rows, tally)
  }
}
