/// Patches of an image, down and across.
public struct PatchGrid: Sendable, Hashable {
  /// Patches from top to bottom.
  public var rows: Int
  /// Patches from left to right.
  public var columns: Int

  /// A grid of so many patches.
  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
}
