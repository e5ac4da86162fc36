/// Work that is done one after the other: a tower's, or a link's.
struct SlotLine: Sendable {
  struct Item {
    var slot: Int
    var number: Int
    var end: Double
  }

  private var items: [Item] = []
  private var start = 0
  private var last = -Double.infinity

  var first: Item? { start < items.count ? items[start] : nil }

  mutating func append(_ slot: Int, _ number: Int, from time: Double, taking seconds: Double) {
    last = max(time, last) + seconds
    items.append(Item(slot: slot, number: number, end: last))
  }

  mutating func removeFirst() {
    start += 1
    guard start > 1024, start * 2 > items.count else { return }
    items.removeFirst(start)
    start = 0
  }
}
