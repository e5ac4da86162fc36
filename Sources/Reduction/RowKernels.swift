internal import CKernels

/// The dense loops, in single precision: all else in this module is bookkeeping.
///
/// Products and sums of rows are in C, where a function can be compiled for several kinds of processor and the best one
/// chosen at run time: a vector of 16 numbers, multiplied and added in one instruction, is a dozen times as fast as what
/// every processor has. The rest is written with vectors of four lanes.
/// Pointers, because bounds checks in these loops would cost as much as the arithmetic: callers pass whole rows.
enum RowKernels {
  typealias Row = UnsafePointer<Float>
  typealias Lanes = SIMD4<Float>

  /// The scalar product of two rows of `count` numbers.
  static func dot(_ a: Row, _ b: Row, count: Int) -> Float { kernels_dot(a, b, count) }

  /// Writes the indices, ascending, of the `wanted` largest of `count` numbers, each times its scale (1, if there are
  /// none); of equal ones the lower indices. `keys` is room for `count` numbers, `wanted` at most `count`.
  static func largest(
    _ wanted: Int, of numbers: Row, times scales: Row?, count: Int, keys: UnsafeMutablePointer<Int32>,
    into indices: UnsafeMutablePointer<Int>
  ) { kernels_largest(numbers, scales, count, wanted, keys, indices) }

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
