/// Patches of an image, down and across.
package struct PatchGrid: Sendable, Hashable {
  /// Patches from top to bottom.
  package var rows: Int
  /// Patches from left to right.
  package var columns: Int

  /// A grid of so many patches.
  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
}
