internal import RooflineKit

/// Prefill times of a language model with so many visual tokens, on the devices and in the precisions of the reports.
struct PricedPrefill: Sendable {
  /// The devices of the reports, by their catalog names.
  static let devices = ["v100", "a100-80gb"]
  /// The precisions of the reports.
  static let precisions = ["fp16", "int4"]
  /// Text tokens of every prompt, as in the paper.
  static let textTokens = 40

  /// A device and a precision.
  struct Setting: Sendable, Hashable {
    /// The device's catalog name.
    var device: String
    /// The precision's name.
    var precision: String

    /// A device and a precision by their names.
    init(device: String, precision: String) {
      self.device = device
      self.precision = precision
    }
  }

  /// Every combination, devices outermost.
  static let settings = devices.flatMap { device in
    precisions.map { Setting(device: device, precision: $0) }
  }

  /// The estimates, in the order of `settings`.
  let estimates: [Estimate]

  /// The prefill of `visualTokens` and the usual text tokens by the model of a name.
  ///
  /// - Throws: `Diagnostic` if the catalog lacks the model or a device.
  init(_ model: String, visualTokens: Int, catalog: Catalog = .standard) throws(Diagnostic) {
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
  func seconds(_ setting: Setting) -> Seconds { estimate(setting)?.prefillSeconds ?? .zero }

  /// The prefill time in a setting as real kernels take it.
  func expectedSeconds(_ setting: Setting) -> Seconds { estimate(setting)?.expectedPrefillSeconds ?? .zero }

  private func estimate(_ setting: Setting) -> Estimate? {
    zip(Self.settings, estimates).first { $0.0 == setting }?.1
  }
}
