public import Documents
internal import Quantities

extension Question {
  /// What an hour of a device costs, in any currency.
  public struct DevicePrice: Sendable, Hashable {
    /// The device, by any of its names; nil for all that have no price of their own.
    public var device: String?
    /// The price of an hour.
    public var perHour: Double

    /// The price of an hour of a device, or of any.
    public init(_ perHour: Double, of device: String? = nil) {
      self.perHour = perHour
      self.device = device
    }

    /// Reads `2.1` or `a100-80gb=2.1`.
    ///
    /// - Throws: `Diagnostic` for anything else, and for a price that is not from 0 to a billion.
    public init(_ text: String) throws(Diagnostic) {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let last = parts.last, let price = Double(last.trimmingSpaces()), (0...1e9).contains(price),
        parts.count == 1 || !parts[0].trimmingSpaces().isEmpty
      else {
        throw Diagnostic(
          "expected --price-per-hour from 0 to a billion, as 2.1, or with the device that it is of, as a100-80gb=2.1; found "
            + "\"\(text)\"")
      }
      self.init(price, of: parts.count == 2 ? parts[0].trimmingSpaces() : nil)
    }

    /// The price, as it is written.
    public var text: String { (device.map { "\($0)=" } ?? "") + perHour.shortest }
  }
}
