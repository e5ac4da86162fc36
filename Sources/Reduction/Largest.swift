/// The few largest of many numbers that are offered one after the other.
struct Largest {
  /// How many are kept at most.
  let capacity: Int
  /// The indices of the numbers kept, largest number first; of equal ones, those offered first.
  private(set) var indices: [Int] = []
  private var numbers: [Float] = []

  /// Nothing yet, with room for `capacity` numbers.
  init(capacity: Int) {
    self.capacity = capacity
    indices.reserveCapacity(capacity + 1)
    numbers.reserveCapacity(capacity + 1)
  }

  /// Forgets what was offered.
  mutating func removeAll() {
    indices.removeAll(keepingCapacity: true)
    numbers.removeAll(keepingCapacity: true)
  }

  /// Keeps `number` if it is among the largest so far.
  mutating func offer(_ number: Float, index: Int) {
    if numbers.count == capacity {
      guard let smallest = numbers.last, number > smallest else { return }
      numbers.removeLast()
      indices.removeLast()
    }
    var place = numbers.count
    while place > 0, numbers[place - 1] < number { place -= 1 }
    numbers.insert(number, at: place)
    indices.insert(index, at: place)
  }
}

extension [Float] {
  /// The indices of the `count` largest numbers, largest first; of equal ones, the lower index first.
  func indicesOfLargest(_ count: Int) -> [Int] {
    let sorted = indices.sorted { self[$0] != self[$1] ? self[$0] > self[$1] : $0 < $1 }
    return [Int](sorted.prefix(count))
  }
}
