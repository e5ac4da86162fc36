internal import RooflineKit

/// One prefill counted by every set of rules: Vicuna-7B, 576 visual and 40 text tokens, FP16 on the V100.
struct AccountingComparison: Sendable {
  /// The estimates: exact with fused and with eager kernels, then the rules of others.
  let estimates: [Estimate]

  /// Counts the prefill.
  ///
  /// - Throws: `Diagnostic` if the catalog lacks the model or the device.
  init(catalog: Catalog = .standard) throws(Diagnostic) {
    let model = try catalog.model("vicuna-7b")
    let hardware = try catalog.hardware("v100")
    let rules: [Accounting] = [.exact(kernels: .fused), .exact(kernels: .eager), .llmViewer, .fastV, .sparseVLM]
    var estimates: [Estimate] = []
    for accounting in rules {
      guard let precision = accounting.precision("fp16") else { continue }
      estimates.append(
        try Estimate(
          model, on: hardware, precision: precision, visualInput: .tokens(576), textTokens: 40, accounting: accounting))
    }
    self.estimates = estimates
  }
}
