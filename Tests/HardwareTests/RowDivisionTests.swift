import Hardware
import Testing

@Suite("How rows are divided")
struct RowDivisionTests {
  /// By hand: every part has kernels of 4 rows, and 7 for one or two that are left over.
  @Test(
    arguments: [
      (2.0, 14.0),  // two parts of one row
      (4, 28), (5, 28), (8, 28),  // four parts of one or two
      (12, 56),  // four of 2 + 1
      (16, 16), (20, 44),  // four of 4, of 4 + 1
      (39.5, 60), (40, 60),  // four of 8 + 2
      (80, 80), (616, 636),  // 616: four of 152 + 2
    ])
  func fourParts(rows: Double, wide: Double) { #expect(RowDivision(parts: 4).wideRows(rows) == wide) }

  @Test func anyNumber() {
    #expect(RowDivision(parts: 1).wideRows(9) == 15)
    #expect(RowDivision(parts: 0).parts == 1)
    #expect(RowDivision(parts: 100_000).wideRows(3) == 21)
    #expect(RowDivision(parts: 4).wideRows(1e300) == 1e300)
    #expect(RowDivision(parts: 4).wideRows(.infinity) == .infinity)
  }
}
