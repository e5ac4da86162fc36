import RooflineCore

let catalog = try Catalog(folders: ["Examples/catalog"])
let model = try catalog.model("llava-1.5-7b")
let device = try catalog.hardware("my-gpu")
for share in [1.0, 1.5, 2] {
  // A device is a value: what would more bandwidth buy?
  var faster = device
  faster.bandwidth.value = share * device.bandwidth.value
  var estimator = try Estimator(model, on: faster, at: .fp16)
  let estimate = try estimator.estimate(.tokens(576), textTokens: 40, serving: Serving(outputTokens: 128))
  print("\(faster.bandwidth.value): \(estimate.expectedRequest?.timePerOutputToken ?? .zero) a token")
}
