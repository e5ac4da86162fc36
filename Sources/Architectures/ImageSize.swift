/// The size of an image in pixels.
public struct ImageSize: Sendable, Hashable, CustomStringConvertible {
  /// More pixels along a side are refused.
  public static let limit = 65_536

  /// Pixels from left to right.
  public var width: Int
  /// Pixels from top to bottom.
  public var height: Int

  /// A size of so many pixels.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// Reads `640x480`: width, then height, each from 1 to the limit; nil for anything else.
  public init?(_ text: String) {
    let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let width = parts[0], let height = parts[1],
      [width, height].allSatisfy((1...Self.limit).contains)
    else { return nil }
    self.init(width: width, height: height)
  }

  /// `640 x 480`.
  public var description: String { "\(width) x \(height)" }
}
