internal import RooflineKit

extension Document {
  /// One prefill under every set of counting rules, and why they differ.
  init(_ comparison: AccountingComparison) {
    let estimates = comparison.estimates
    let flops = estimates.compactMap { $0.mainStage?.flops }
    let ratio = (flops.max() ?? .zero) / (flops.min() ?? .zero)
    self.init(
      name: "accountings.md", title: "One prefill, counted five ways",
      [
        .paragraph(
          estimates.first.map {
            "\($0.model.title), \($0.visualTokens) visual and \($0.workload.textTokens) text tokens, batch 1, "
              + "\($0.precision.name), on the \($0.hardware.title)."
          } ?? ""),
        .table(ReportTable(accountings: estimates)),
        .paragraph("The FLOPs differ by up to \(ratio.fixed(1))x, and all of them have been published as \"FLOPs\":"),
        .list([
          "**exact** counts a multiply-add as two, all three matrices of the gated feed-forward block, attention over "
            + "the full square and the head for the last position: what torch's flop counter counts, to the last "
            + "digit. Norms, softmax, activations, rotations and sums are vector FLOPs, apart.",
          "**fused and eager** do the same products. Eager kernels write and read every intermediate result, the "
            + "\(estimates.first.map { "\($0.workload.tokens) x \($0.workload.tokens)" } ?? "") scores of all heads "
            + "included, which costs traffic and therefore time.",
          "**llm-viewer** times everything against one peak, counts the head's multiplications only, loads one byte "
            + "for a weight of the head, loads no norm weights, lets SwiGLU work on the hidden instead of the "
            + "feed-forward width, writes the scores to memory and loads the cache for the queries. Its footprint "
            + "leaves out embedding and head.",
          "**fastv** (4nd² + 2n²d + 2ndm a layer) counts a multiply-add once and a feed-forward block of two matrices; "
            + "neither embedding nor head.",
          "**sparsevlm** (4nd² + 2n²d + 3ndm) is the same with the gate: half of exact, the head aside.",
        ]),
        .paragraph(
          "Neither formula says anything of traffic: their times are FLOPs over the peak, below what any prefill takes, "
            + "and far below what a memory-bound one does."),
      ])
  }
}

extension ReportTable {
  fileprivate init(accountings estimates: [Estimate]) {
    let exact = estimates.first?.mainStage?.flops ?? .zero
    self.init(
      [
        .text("accounting"), .text("kernels"), .number("FLOPs"), .number("of exact"), .number("vector FLOPs"),
        .number("traffic"), .number("footprint"), .number("time"), .text("bound by"),
      ],
      rows: estimates.map { estimate in
        let stage = estimate.mainStage
        let flops = stage?.flops ?? .zero
        let traffic = stage?.traffic.total ?? .zero
        return [
          estimate.accounting.name, estimate.accounting.kernels?.rawValue ?? "-", flops.formatted(significantDigits: 4),
          (flops / exact).fixed(3), stage.map { $0.vectorFLOPs == .zero ? "-" : $0.vectorFLOPs.description } ?? "-",
          traffic == .zero ? "not counted" : traffic.description, estimate.footprint.total.description,
          estimate.prefillSeconds.description, stage?.bound.rawValue ?? "",
        ]
      })
  }
}
