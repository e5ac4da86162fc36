/// The dense loops, in single precision: all else in this module is bookkeeping.
///
/// Written with vectors of four lanes, which every 64-bit processor has, and enough of them side by side to keep its
/// arithmetic units busy; that makes a sum of many products the sum of several partial sums, which also rounds less.
/// Pointers, because bounds checks in these loops would cost as much as the arithmetic: callers pass whole rows.
enum RowKernels {
  typealias Row = UnsafePointer<Float>
  typealias FourRows = (Row, Row, Row, Row)
  typealias Lanes = SIMD4<Float>

  /// The scalar product of two rows of `count` numbers.
  static func dot(_ a: Row, _ b: Row, count: Int) -> Float {
    var (s0, s1, s2, s3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var index = 0
    while index &+ 16 <= count {
      s0 += load(a, index) * load(b, index)
      s1 += load(a, index &+ 4) * load(b, index &+ 4)
      s2 += load(a, index &+ 8) * load(b, index &+ 8)
      s3 += load(a, index &+ 12) * load(b, index &+ 12)
      index &+= 16
    }
    var sum = ((s0 + s1) + (s2 + s3)).sum()
    while index < count {
      sum += a[index] * b[index]
      index &+= 1
    }
    return sum
  }

  /// The scalar products of four rows with two others, all of `count` numbers.
  ///
  /// Six rows are read for eight products; one at a time would read sixteen.
  static func dots(_ rows: FourRows, _ x: Row, _ y: Row, count: Int) -> (x: Lanes, y: Lanes) {
    var (x0, x1, x2, x3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var (y0, y1, y2, y3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var index = 0
    while index &+ 4 <= count {
      let (xs, ys) = (load(x, index), load(y, index))
      let (r0, r1) = (load(rows.0, index), load(rows.1, index))
      x0 += r0 * xs
      y0 += r0 * ys
      x1 += r1 * xs
      y1 += r1 * ys
      let (r2, r3) = (load(rows.2, index), load(rows.3, index))
      x2 += r2 * xs
      y2 += r2 * ys
      x3 += r3 * xs
      y3 += r3 * ys
      index &+= 4
    }
    var products = (x: Lanes(x0.sum(), x1.sum(), x2.sum(), x3.sum()), y: Lanes(y0.sum(), y1.sum(), y2.sum(), y3.sum()))
    while index < count {
      let column = Lanes(rows.0[index], rows.1[index], rows.2[index], rows.3[index])
      products.x += column * x[index]
      products.y += column * y[index]
      index &+= 1
    }
    return products
  }

  /// Adds four rows of `count` numbers, each times its weight, to `sum`.
  static func add(_ rows: FourRows, times weights: Lanes, to sum: UnsafeMutablePointer<Float>, count: Int) {
    let (w0, w1) = (Lanes(repeating: weights[0]), Lanes(repeating: weights[1]))
    let (w2, w3) = (Lanes(repeating: weights[2]), Lanes(repeating: weights[3]))
    var index = 0
    while index &+ 4 <= count {
      let first = load(rows.0, index) * w0 + load(rows.1, index) * w1
      let second = load(rows.2, index) * w2 + load(rows.3, index) * w3
      store(load(sum, index) + (first + second), sum, index)
      index &+= 4
    }
    while index < count {
      let column = Lanes(rows.0[index], rows.1[index], rows.2[index], rows.3[index])
      sum[index] += (column * weights).sum()
      index &+= 1
    }
  }

  /// Whether none of `count` numbers is NaN or infinite.
  static func isFinite(_ numbers: Row, count: Int) -> Bool {
    // Zero times a finite number is zero; times infinity or NaN it is NaN, which every sum passes on.
    var (s0, s1) = (Lanes.zero, Lanes.zero)
    var index = 0
    while index &+ 8 <= count {
      s0 += load(numbers, index) * 0
      s1 += load(numbers, index &+ 4) * 0
      index &+= 8
    }
    var sum = (s0 + s1).sum()
    while index < count {
      sum += numbers[index] * 0
      index &+= 1
    }
    return sum == 0
  }

  /// Writes `count` numbers, a multiple of eight, that differ from those of `centre` by random ones of that `width`.
  static func scatter(
    around centre: Row, width: Float, _ random: inout RandomLanes, into output: UnsafeMutablePointer<Float>, count: Int
  ) {
    var index = 0
    while index &+ RandomLanes.width <= count {
      let (first, second) = random.next()
      store(load(centre, index) + first * width, output, index)
      store(load(centre, index &+ 4) + second * width, output, index &+ 4)
      index &+= RandomLanes.width
    }
  }

  @inline(__always)
  static func load(_ row: UnsafePointer<Float>, _ index: Int) -> Lanes {
    UnsafeRawPointer(row + index).loadUnaligned(as: Lanes.self)
  }

  @inline(__always)
  static func store(_ lanes: Lanes, _ row: UnsafeMutablePointer<Float>, _ index: Int) {
    UnsafeMutableRawPointer(row + index).storeBytes(of: lanes, as: Lanes.self)
  }
}
