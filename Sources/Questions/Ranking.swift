internal import Documents

/// Rows in an order, of a front, or both: a number and a few keys of each, never the rows themselves.
struct Ranking {
  /// A row by its number and the keys that it is ranked by.
  struct Entry: Sendable {
    let number: Int
    let keys: [Key]

    /// The keys of a row in some columns.
    init(_ figures: inout RowFigures, _ columns: [Column]) {
      number = figures.number
      var keys: [Key] = []
      keys.reserveCapacity(columns.count)
      for column in columns {
        switch column.value(of: &figures) {
        case .number(let number): keys.append(.number(number))
        case .text(let text): keys.append(.text(text))
        case .boolean(let boolean): keys.append(.number(boolean ? 1 : 0))
        case .null, .records, .record, .list: keys.append(.nothing)
        }
      }
      self.keys = keys
    }
  }

  /// What a row is ranked by.
  enum Key: Sendable, Hashable {
    case number(Double)
    case text(String)
    case nothing
  }

  /// What rows are ordered by, and what those of the front are not worse in.
  private let order, front: [RowSelection.Direction]
  private let top: Int?
  private var entries: [Entry] = []
  /// The rows of the front, equally good ones together, and where those of some goals are.
  private var groups: [[Entry]] = []
  private var places: [[Key]: Int] = [:]
  /// Which of the columns any row has a value of; nil before the first row.
  private var known: [Bool]?

  init(order: [RowSelection.Direction], front: [RowSelection.Direction], top: Int?) {
    (self.order, self.front, self.top) = (order, front, top)
  }

  /// The columns whose values are the keys: first those of the order.
  var columns: [Column] { (order + front).map(\.column) }

  /// A column that no row has a value of, though there are rows.
  var unknown: Column? { known.flatMap { $0.firstIndex(of: false) }.map { columns[$0] } }

  /// Takes in a row.
  mutating func add(_ entry: Entry) {
    if known == nil { known = entry.keys.map { _ in false } }
    for (index, key) in entry.keys.enumerated() where key != .nothing { known?[index] = true }
    guard front.isEmpty else { return addToFront(entry) }
    entries.append(entry)
    // Of many rows only the best so far can be among the first.
    if let top, entries.count > 4 * top + 65_536 { prune(to: top) }
  }

  /// Takes in a row if none is better; rows that are equally good stand or fall together.
  private mutating func addToFront(_ entry: Entry) {
    let goals = Array(entry.keys.suffix(front.count))
    if let place = places[goals] {
      groups[place].append(entry)
      return
    }
    // What is not known is on no front.
    guard goals.allSatisfy({ $0 != .nothing }), !groups.contains(where: { dominates($0[0], entry) }) else { return }
    if groups.contains(where: { dominates(entry, $0[0]) }) {
      groups = groups.filter { !dominates(entry, $0[0]) }
      places = [:]
      for (index, group) in groups.enumerated() { places[Array(group[0].keys.suffix(front.count))] = index }
    }
    places[goals] = groups.count
    groups.append([entry])
  }

  /// The numbers of the rows in their order.
  mutating func numbers() -> [Int] {
    entries += groups.joined()
    groups = []
    prune(to: top ?? .max)
    return entries.map(\.number)
  }

  private mutating func prune(to count: Int) {
    let keys = order.isEmpty ? front : order
    let offset = order.isEmpty ? order.count : 0
    entries = entries.sorted { a, b in
      for (index, direction) in keys.enumerated() {
        let (one, other) = (a.keys[offset + index], b.keys[offset + index])
        if one.comes(before: other, descending: direction.isDescending) { return true }
        if other.comes(before: one, descending: direction.isDescending) { return false }
      }
      return a.number < b.number
    }
    entries = Array(entries.prefix(count))
  }

  /// Whether a row is at least as good as another in all columns of the front, and better in one.
  private func dominates(_ a: Entry, _ b: Entry) -> Bool {
    var isBetter = false
    for (index, goal) in front.enumerated() {
      let (one, other) = (a.keys[order.count + index], b.keys[order.count + index])
      if other.comes(before: one, descending: goal.isDescending) { return false }
      if one.comes(before: other, descending: goal.isDescending) { isBetter = true }
    }
    return isBetter
  }
}

extension Ranking.Key {
  /// Whether a row of this key stands before one of another; what is not known stands last.
  fileprivate func comes(before other: Ranking.Key, descending: Bool) -> Bool {
    switch (self, other) {
    case (.number(let a), .number(let b)): descending ? a > b : a < b
    case (.text(let a), .text(let b)): descending ? a > b : a < b
    case (.nothing, _): false
    case (_, .nothing): true
    case (.number, .text): true
    case (.text, .number): false
    }
  }
}
