/// A rectangle that a mark or a text covers, in pixels.
struct Box: Hashable {
  var x, y, width, height: Double

  func overlaps(_ other: Box) -> Bool {
    x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
  }

  func contains(_ x: Double, _ y: Double) -> Bool {
    x >= self.x && y >= self.y && x <= self.x + width && y <= self.y + height
  }

  func contains(_ other: Box) -> Bool {
    other.x >= x && other.y >= y && other.x + other.width <= x + width && other.y + other.height <= y + height
  }
}

/// A straight line that labels keep off, in pixels.
struct Segment: Hashable {
  var x1, y1, x2, y2: Double

  /// Whether it meets a rectangle: what is left of it after each side has cut off its part.
  func crosses(_ box: Box) -> Bool {
    var (from, to) = (0.0, 1.0)
    for (start, change, low, high) in [
      (x1, x2 - x1, box.x, box.x + box.width), (y1, y2 - y1, box.y, box.y + box.height),
    ] {
      if change == 0 {
        if start <= low || start >= high { return false }
        continue
      }
      let (a, b) = ((low - start) / change, (high - start) / change)
      (from, to) = (max(from, min(a, b)), min(to, max(a, b)))
      if from >= to { return false }
    }
    return true
  }

  func crosses(_ other: Segment) -> Bool {
    func side(_ line: Segment, _ x: Double, _ y: Double) -> Double {
      (line.x2 - line.x1) * (y - line.y1) - (line.y2 - line.y1) * (x - line.x1)
    }
    return side(self, other.x1, other.y1) * side(self, other.x2, other.y2) < 0
      && side(other, x1, y1) * side(other, x2, y2) < 0
  }
}

extension Segment {
  /// What is left of it behind so many pixels from its beginning, where lines that begin there part.
  func behind(_ pixels: Double) -> Segment {
    let length = ((x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1)).squareRoot()
    guard length > pixels else { return self }
    let share = pixels / length
    return Segment(x1: x1 + share * (x2 - x1), y1: y1 + share * (y2 - y1), x2: x2, y2: y2)
  }
}

/// Finds a place for each label where it covers nothing: no mark, no other label, no line.
struct LabelPlacer {
  /// A place for a label: where its text begins, middle or end stands, and the line that leads to it.
  struct Place {
    var x, y: Double
    var anchor: Anchor
    var box: Box
    var leader: Segment?
  }

  /// Which point of a text stands at its place.
  enum Anchor: String { case start, middle, end }

  /// Where labels may stand.
  let bounds: Box
  /// What is taken.
  private var boxes: [Box] = []
  private var lines: [Segment] = []
  /// Lines that labels keep off where they can.
  private var thinLines: [Segment] = []
  private var leaders: [Segment] = []

  static let size = 11.0
  static let lineHeight = 13.0
  private static let ascent = 10.0

  init(bounds: Box) { self.bounds = bounds }

  /// Keeps labels off a rectangle.
  mutating func avoid(_ box: Box) { boxes.append(box) }
  /// Keeps labels off a line, of a thin one where they can; the lines that lead to labels may cross it.
  mutating func avoid(_ line: Segment, isThin: Bool = false) {
    if isThin { thinLines.append(line) } else { lines.append(line) }
  }

  /// The first of some places that is free, which is then taken; nil if none is.
  mutating func take(_ places: [Place]) -> Place? {
    // Clear of thin lines, and led to over no line of any kind.
    func isClear(_ place: Place) -> Bool {
      guard !thinLines.contains(where: { $0.crosses(place.box) }) else { return false }
      guard let leader = place.leader?.behind(3) else { return true }
      return !lines.contains { $0.crosses(leader) } && !thinLines.contains { $0.crosses(leader) }
    }
    guard let place = places.first(where: { isFree($0) && isClear($0) }) ?? places.first(where: isFree) else {
      return nil
    }
    boxes.append(place.box)
    if let leader = place.leader { leaders.append(leader) }
    return place
  }

  private func isFree(_ place: Place) -> Bool {
    guard bounds.contains(place.box), !boxes.contains(where: { $0.overlaps(place.box) }),
      !lines.contains(where: { $0.crosses(place.box) }), !leaders.contains(where: { $0.crosses(place.box) })
    else { return false }
    guard let leader = place.leader else { return true }
    // Where marks lie on one another, the line has to cross those around its own.
    return !boxes.contains { !$0.contains(leader.x1, leader.y1) && leader.crosses($0) }
      && !leaders.contains { $0.crosses(leader) }
  }

  /// Beside a point first, then ever farther off with a line that leads there; for a block of `count` lines.
  static func places(around x: Double, _ y: Double, radius: Double, width: Double, lines count: Int) -> [Place] {
    let tall = lineHeight * Double(count)
    /// A block whose edge or middle is at `dx`, and whose middle is at `dy`.
    func place(_ dx: Double, _ dy: Double, _ anchor: Anchor, leads: Bool = false) -> Place {
      let (textX, top) = (x + dx, y + dy - tall / 2)
      let start = anchor == .start ? textX : anchor == .end ? textX - width : textX - width / 2
      let end = anchor == .start ? textX - 2 : textX + 2
      return Place(
        x: textX, y: top + ascent, anchor: anchor, box: Box(x: start, y: top, width: width, height: tall),
        leader: leads ? Segment(x1: x, y1: y, x2: end, y2: y + dy) : nil)
    }
    let near = radius + 3
    let (beside, above) = (tall / 2 - lineHeight / 2 + 8, near + tall / 2)
    var all = [
      place(near, 0, .start), place(-near, 0, .end), place(0, -above, .middle), place(0, above, .middle),
      place(near, -beside, .start), place(near, beside, .start), place(-near, -beside, .end),
      place(-near, beside, .end),
    ]
    for distance in stride(from: 0.0, through: 170, by: 14) {
      for run in [near + 14, near + 50, near + 100, near + 170] where run + distance > 24 {
        for (sign, anchor) in [(1.0, Anchor.start), (-1, .end)] {
          all.append(place(sign * run, -distance, anchor, leads: true))
          if distance > 0 { all.append(place(sign * run, distance, anchor, leads: true)) }
        }
      }
    }
    return all
  }

  /// Along a line, above it, below and then farther above, each from its end to its beginning.
  static func places(along line: Segment, width: Double) -> [Place] {
    let rises = abs(line.y2 - line.y1) > 1
    let slope = rises ? 8.0 : 0
    let sides: [(dx: Double, dy: Double, anchor: Anchor)] = [
      (-slope, -5, .end), (slope, 13, rises ? .start : .end), (-slope, -12, .end), (-slope, -20, .end),
    ]
    return sides.flatMap { dx, dy, anchor in
      stride(from: 0.97, through: 0.02, by: -0.03).map { share in
        let x = line.x1 + share * (line.x2 - line.x1) + dx
        let y = line.y1 + share * (line.y2 - line.y1) + dy
        let box = Box(x: anchor == .end ? x - width : x, y: y - ascent, width: width, height: lineHeight)
        return Place(x: x, y: y, anchor: anchor, box: box, leader: nil)
      }
    }
  }
}
