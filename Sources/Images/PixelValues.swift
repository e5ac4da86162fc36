/// What a vision tower is fed: a picture's channels as normalised numbers.
public struct PixelValues: Sendable, Equatable {
  /// Rows of each channel.
  public let height: Int
  /// Columns of each channel.
  public let width: Int
  /// Red, then green, then blue, each row by row: [3, height, width].
  public let values: [Float]
}
