public import Catalog
public import Documents
public import Estimation
internal import Architectures
internal import Hardware
internal import Operators
public import Quantities

/// Prefill times of a language model with so many visual tokens, on the devices and in the precisions of the reports.
public struct PricedPrefill: Sendable {
  /// The devices of the reports, by their catalog names.
  public static let devices = ["v100", "a100-80gb"]
  /// The precisions of the reports.
  public static let precisions = ["fp16", "int4"]
  /// Text tokens of every prompt, as in the paper.
  public static let textTokens = 40

  /// A device and a precision.
  public struct Setting: Sendable, Hashable {
    /// The device's catalog name.
    public var device: String
    /// The precision's name.
    public var precision: String

    /// A device and a precision by their names.
    public init(device: String, precision: String) {
      self.device = device
      self.precision = precision
    }
  }

  /// Every combination, devices outermost.
  public static let settings = devices.flatMap { device in
    precisions.map { Setting(device: device, precision: $0) }
  }

  /// The estimates, in the order of `settings`.
  public let estimates: [Estimate]

  /// The prefill of `visualTokens` and the usual text tokens by the model of a name.
  ///
  /// - Throws: `Diagnostic` if the catalog lacks the model or a device.
  public init(_ model: String, visualTokens: Int, catalog: Catalog = .standard) throws(Diagnostic) {
    let model = try catalog.model(model)
    var estimates: [Estimate] = []
    for setting in Self.settings {
      guard let precision = Accounting.exact().precision(setting.precision) else {
        throw Diagnostic("no precision is called \(setting.precision)")
      }
      estimates.append(
        try Estimate(
          model, on: catalog.hardware(setting.device), precision: precision, visualInput: .tokens(visualTokens),
          textTokens: Self.textTokens))
    }
    self.estimates = estimates
  }

  /// The ideal prefill time in a setting.
  public func seconds(_ setting: Setting) -> Seconds {
    zip(Self.settings, estimates).first { $0.0 == setting }?.1.prefillSeconds ?? .zero
  }
}
