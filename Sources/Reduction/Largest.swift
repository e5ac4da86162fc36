/// The few largest of many numbers that are offered one after the other.
struct Largest {
  private let capacity: Int
  /// The numbers kept, largest first; of equal ones, the one offered first.
  private var entries: [(number: Float, index: Int)] = []

  /// Nothing yet, with room for `capacity` numbers.
  init(capacity: Int) {
    self.capacity = capacity
    entries.reserveCapacity(capacity)
  }

  /// The indices of the numbers kept, largest number first.
  var indices: [Int] { entries.map(\.index) }

  /// What a number must exceed to be kept; nil while there is room for any.
  var threshold: Float? { entries.count < capacity ? nil : entries.last?.number }

  /// Keeps `number` if it is among the largest so far.
  mutating func offer(_ number: Float, index: Int) {
    if entries.count == capacity {
      guard let smallest = entries.last, number > smallest.number else { return }
    } else {
      entries.append((number, index))
    }
    // The last entry gives way; those that are smaller move up by one.
    var place = entries.count - 1
    while place > 0, entries[place - 1].number < number {
      entries[place] = entries[place - 1]
      place -= 1
    }
    entries[place] = (number, index)
  }
}

extension [Float] {
  /// The indices of the `count` largest numbers, largest first; of equal ones, the lower index first.
  func indicesOfLargest(_ count: Int) -> [Int] {
    let sorted = indices.sorted { self[$0] != self[$1] ? self[$0] > self[$1] : $0 < $1 }
    return [Int](sorted.prefix(count))
  }
}
