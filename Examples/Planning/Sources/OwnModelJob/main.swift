import RooflineCore

// A folder of one's own stands in front of the built-in catalog; a folder with a config.json is named by its path.
let catalog = try Catalog(folders: ["Examples/catalog"])
let device = try catalog.hardware("rtx-4090")
for name in ["my-vlm", "llava-1.5-7b"] {
  let model = try catalog.model(name)
  var estimator = try Estimator(model, on: device, at: .fp16)
  let estimate = try estimator.estimate(.tokens(576), textTokens: 40)
  print("\(model.title): \(Int(model.parameterCount)) parameters, \(model.weightBytes(at: .fp16)) of weights,")
  print("  first token \(estimate.expectedTotalSeconds), largest batch \(estimate.largestBatch ?? 0)")
}
