internal import Architectures
internal import Documents
internal import Estimation
internal import Hardware
internal import Operators
internal import Quantities

/// Predicted times of whole prefills.
struct PrefillPrices {
  /// A model, a device and a way to run the one on the other, by their names.
  struct Setting: Hashable {
    let model, device, precision: String
    let kernels: Accounting.Kernels
    let parallelism: Parallelism

    /// The devices that share every layer.
    var devices: Int { parallelism.devices }
  }

  /// The times of one prefill.
  struct Price {
    let ideal, expected: Seconds
    /// Whether the expected time rests on what is typical of the device's class.
    let isEstimated: Bool
  }

  /// What the prices of one setting are computed from, made once.
  final class Run {
    private let model: MultimodalModel
    private let device: Accelerator
    private let precision: Precision
    private let kernels: Accounting.Kernels
    private let parallelism: Parallelism
    /// The prices of a language model; nil of a vision encoder alone, of which there are estimates only.
    private var list: PriceList?
    private var isEstimated = true
    /// The numbers of tokens that a vision encoder reads.
    private var counts: [Int] = []

    /// - Throws: `Diagnostic` as `PriceList` does.
    init(
      _ model: MultimodalModel, _ device: Accelerator, _ precision: Precision, _ kernels: Accounting.Kernels,
      _ parallelism: Parallelism
    ) throws(Diagnostic) {
      (self.model, self.device, self.precision) = (model, device, precision)
      (self.kernels, self.parallelism) = (kernels, parallelism)
      guard model.language != nil else {
        counts = model.vision.map { [$0.encoder.patches, $0.encoder.tokens, $0.tokensPerImage] } ?? []
        return
      }
      list = try PriceList(
        model, on: device, at: precision, accounting: .exact(kernels: kernels), parallelism: parallelism)
      isEstimated = try estimate(batch: 1, tokens: 1).expectedBasis == .estimated
    }

    fileprivate var hasPrices: Bool { list != nil }

    /// Whether so many tokens can be read: a vision tower reads those of its picture, with the class token or without.
    func canPrefill(_ tokens: Int) -> Bool { list != nil || counts.isEmpty || counts.contains(tokens) }

    fileprivate func price(batch: Int, tokens: Int) throws(Diagnostic) -> Price {
      let pass = Pass([Pass.Group(sequences: batch, newTokens: tokens)])
      if let price = try list?.price(pass, expecting: true), let expected = price.expectedSeconds {
        return Price(ideal: price.seconds, expected: expected, isEstimated: isEstimated)
      }
      let estimate = try estimate(batch: batch, tokens: tokens)
      return Price(
        ideal: estimate.prefillSeconds, expected: estimate.expectedPrefillSeconds,
        isEstimated: estimate.expectedBasis == .estimated)
    }

    private func estimate(batch: Int, tokens: Int) throws(Diagnostic) -> Estimate {
      try Estimate(
        model, on: device, precision: precision,
        visualInput: .tokens(model.language == nil ? model.tokensPerImage ?? 0 : 0), textTokens: tokens, batch: batch,
        accounting: .exact(kernels: kernels), serving: Serving(parallelism: parallelism))
    }
  }

  /// A prefill of a vision encoder, whose estimate takes much longer than a price.
  private struct Passage: Hashable {
    let setting: Setting
    let batch, tokens: Int
  }

  private var runs: [Setting: Run] = [:]
  private var passages: [Passage: Price] = [:]
  private let passageLimit: Int

  /// No prices yet. More different prefills of vision encoders are refused: no file of measurements has a hundredth of so
  /// many, and they take a second.
  init(passageLimit: Int = 20_000) { self.passageLimit = passageLimit }

  /// What the prices of a setting are computed from.
  mutating func run(_ setting: Setting, or make: () throws(Diagnostic) -> Run) throws(Diagnostic) -> Run {
    if let run = runs[setting] { return run }
    let run = try make()
    runs[setting] = run
    return run
  }

  /// The prediction of a prefill of so many sequences.
  ///
  /// - Throws: `Diagnostic` as `Estimate` does, and for too many different prefills of vision encoders.
  mutating func price(_ run: Run, _ setting: Setting, batch: Int, tokens: Int) throws(Diagnostic) -> Price {
    if run.hasPrices { return try run.price(batch: batch, tokens: tokens) }
    let passage = Passage(setting: setting, batch: batch, tokens: tokens)
    if let known = passages[passage] { return known }
    guard passages.count < passageLimit else {
      throw Diagnostic("more than \(passageLimit) different prefills of vision encoders are not predicted")
    }
    let price = try run.price(batch: batch, tokens: tokens)
    passages[passage] = price
    return price
  }
}
