/// How a library of CPUs divides the rows of a product: into parts, and those among kernels of four rows at a time.
///
/// OpenBLAS's Haswell kernels, which Zen runs as well, are so; every part ends with the rows that are left over, one or
/// two of them in a narrow kernel. There each multiplication waits for the one before: all cores are busy as long as
/// with seven rows of a wide kernel (measured on two Zen 5 cores: 6.9 and 7.3; four cycles' latency of two units are
/// eight rows at the peak, which wide kernels do not reach). With two threads the rows have four parts, so that 8 rows take
/// longer than 16.
package struct RowDivision: Sendable, Hashable {
  /// The parts of many rows.
  package var parts: Int

  /// Rows of the widest kernel.
  private static let width = 4
  /// As many rows of the widest kernel take as long as a narrow one.
  private static let narrow = 7.0

  /// A division into so many parts, at least 1.
  package init(parts: Int) { self.parts = max(1, parts) }

  /// The rows of the widest kernel that take as long as `rows`, which are rounded up to whole ones.
  package func wideRows(_ rows: Double) -> Double {
    guard rows < 1e9 else { return rows }
    let whole = Int(max(1, rows).rounded(.up))
    let (least, more) = whole.quotientAndRemainder(dividingBy: parts)
    return Double(more) * Self.part(least + 1) + Double(parts - more) * Self.part(least)
  }

  /// The same of one part.
  private static func part(_ rows: Int) -> Double {
    let (wide, left) = rows.quotientAndRemainder(dividingBy: width)
    return Double(wide * width) + Double(left / 2 + left % 2) * narrow
  }
}
