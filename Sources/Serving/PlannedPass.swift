/// A pass as an engine plans it.
struct PlannedPass {
  /// A request of it, and the tokens that it takes.
  struct Take {
    var slot: Int32
    var take: Int32
    var computed: Int32
    var decodes: Bool
  }

  /// The requests in the order in which they were taken.
  var takes: [Take] = []
  /// The requests that lost their blocks while it was planned.
  var victims: [Int] = []
  /// What decides its price.
  var shape = PassShape()
  /// Seconds of vision towers.
  var tower = 0.0
  /// When it begins and ends.
  var start = 0.0
  var end = 0.0
  /// Free blocks, as planned.
  var free = 0
  /// Tokens of the budget that are left.
  var left = 0

  /// A plan of nothing, with the storage of the last one.
  mutating func restart(budget: Int) {
    takes.removeAll(keepingCapacity: true)
    tower = 0
    left = budget
  }

  /// Sums up the requests: every fill by itself, decodes by their tokens.
  mutating func shape(_ jobs: borrowing Jobs, drafts: Int) {
    shape.removeAll()
    // Decodes take 1 token, or up to as many as drafts more: few kinds.
    var (count, sum) = (0, 0)
    for taken in takes {
      if taken.decodes {
        if taken.take == 1 {
          count += 1
          sum += Int(taken.computed)
        }
        shape.logits += Int(taken.take)
        continue
      }
      let (take, computed) = (Int(taken.take), Int(taken.computed))
      let visual = jobs[Int(taken.slot)].visual
      shape.fills.append(
        PassShape.Fill(take: take, computed: computed, visual: min(take, max(0, visual - computed))))
      if computed + take == jobs[Int(taken.slot)].length { shape.logits += 1 }
    }
    if count > 0 { shape.decodes.append(PassShape.Decodes(count: count, take: 1, context: Self.mean(sum, count))) }
    guard drafts > 0 else { return }
    for tokens in 2...(1 + drafts) {
      (count, sum) = (0, 0)
      for taken in takes where taken.decodes && Int(taken.take) == tokens {
        count += 1
        sum += Int(taken.computed)
      }
      guard count > 0 else { continue }
      shape.decodes.append(PassShape.Decodes(count: count, take: tokens, context: Self.mean(sum, count)))
    }
  }

  /// The rounded mean.
  static func mean(_ sum: Int, _ count: Int) -> Int { (2 * sum + count) / (2 * count) }

  /// The passes of a draft model before the check: its fills, then a token of every request that has a draft left.
  func draftShapes(most drafts: Int) -> [PassShape] {
    var shapes: [PassShape] = []
    if !shape.fills.isEmpty {
      var fills = PassShape()
      fills.fills = shape.fills
      shapes.append(fills)
    }
    for step in 0..<drafts {
      var (count, sum) = (0, 0)
      for taken in takes where taken.decodes && Int(taken.take) - 1 > step {
        count += 1
        sum += Int(taken.computed)
      }
      guard count > 0 else { break }
      var one = PassShape()
      one.decodes = [PassShape.Decodes(count: count, take: 1, context: Self.mean(sum, count) + step)]
      one.logits = count
      shapes.append(one)
    }
    return shapes
  }
}
