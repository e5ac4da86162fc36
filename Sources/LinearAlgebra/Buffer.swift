/// Memory for numbers.
package final class Buffer<Element: BinaryFloatingPoint> {
  /// The first number.
  package let start: UnsafeMutablePointer<Element>
  /// The numbers that there is room for.
  package let count: Int

  /// Room for `count` numbers, whose pages the system hands out when they are written.
  package init(uninitialized count: Int) {
    self.count = max(1, count)
    start = .allocate(capacity: self.count)
  }

  /// `count` numbers between 0.5 and 1.5, so that no product overflows; every page was touched.
  package convenience init(_ count: Int) {
    self.init(uninitialized: count)
    for index in 0..<self.count { start[index] = 0.5 + Element(index % 1009) / 1009 }
  }

  deinit { start.deallocate() }
}
