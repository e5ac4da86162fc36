import RooflineCore

let model = try Catalog.standard.model("llava-1.5-7b")
let device = try Catalog.standard.hardware("a100-80gb")
var estimator = try Estimator(model, on: device, at: .fp16)
for visual in [576, 144, 36] {
  let estimate = try estimator.estimate(.tokens(visual), textTokens: 40, serving: Serving(outputTokens: 256))
  let request = estimate.expectedRequest
  print("\(visual) visual tokens: TTFT \(estimate.expectedTotalSeconds), TPOT \(request?.timePerOutputToken ?? .zero)")
  print("  memory \(estimate.footprint.total), largest batch \(estimate.largestBatch ?? 0)")
}
