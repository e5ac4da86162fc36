// Which devices of the catalog answer within a latency budget, and what does PruMerge change?
//
//     swift run planning                       LLaVA-1.5 13B within 50 ms
//     swift run planning llava-1.5-7b 20       another model, another budget
//
// A device is listed if the first token can be there in time (vision tower, reducer, connector and prefill together,
// one image and 40 text tokens) and the model fits into its memory, in at least one of four ways: FP16 or INT4, with
// all visual tokens or with those that PruMerge leaves. Times are ideal. Devices are ranked by the best of the four.

import RooflineKit

// 1. What is asked.
let arguments = CommandLine.arguments.dropFirst()
let name = arguments.first ?? "llava-1.5-13b"
let model: Model
do {
  model = try Catalog.standard.model(name)
} catch {
  error.exit()  // Writes what is wrong with the name, and those near it, to standard error.
}
guard let milliseconds = Double(arguments.dropFirst().first ?? "50"), milliseconds > 0 else {
  Diagnostic("expected the budget in milliseconds, such as 50").exit()
}
let budget = Seconds(milliseconds / 1000)
let precisions: [Precision] = [.fp16, .int4]

// 2. The visual tokens to compare: all of them, and those that the reducer, run here and now, leaves of a sample.
let all = VisualInput.tokens(model.tokensPerImage ?? 576)
let reduced = try VisualInput.reduced(by: PruMerge(), Sample.text.features())

// 3. Every device, every precision, both visual inputs.
var candidates: [Candidate] = []
for device in try Catalog.standard.allHardware() {
  let study = try Study(model, on: device, precisions: precisions, visualInputs: [all, reduced], textTokens: 40)
  candidates.append(Candidate(device: device, estimates: study.rows.map(\.estimate)))
}

// 4. The ranking.
let ranking = candidates.filter { $0.best != nil }.sorted { ($0.best ?? .zero) < ($1.best ?? .zero) }
let ways = precisions.flatMap { ["\($0.name), all", "\($0.name), PruMerge"] }
let table = Table(
  [.number("rank"), .text("device")] + ways.map { .number($0) },
  rows: ranking.enumerated().map { rank, candidate in
    ["\(rank + 1)", candidate.device.title] + candidate.estimates.map(verdict)
  })
let withAll = ranking.filter { candidate in
  candidate.estimates.contains { $0.visualInput.reduction == nil && suits($0) }
}
let report = Report(
  headings: [
    "\(model.title), first token within \(budget)",
    "\(withAll.count) of \(candidates.count) devices with all \(all.tokens.initial) visual tokens, "
      + "\(ranking.count) with the \(reduced.tokens.initial) that PruMerge leaves",
  ],
  table: table, notes: ["in brackets: too late"], records: [])
print(report.rendered(as: .table), terminator: "")

/// A device and its four estimates.
struct Candidate {
  var device: Accelerator
  var estimates: [Estimate]

  /// The shortest time of those estimates that suit.
  var best: Seconds? { estimates.filter(suits).map(\.totalSeconds).min() }
}

/// Whether a request fits into the device's memory (or that is not known) and is answered in time.
func suits(_ estimate: Estimate) -> Bool { estimate.fits != false && estimate.totalSeconds <= budget }

/// The time of an estimate, or why it does not suit.
func verdict(_ estimate: Estimate) -> String {
  if estimate.fits == false { return "too big" }
  return suits(estimate) ? "\(estimate.totalSeconds)" : "(\(estimate.totalSeconds))"
}
