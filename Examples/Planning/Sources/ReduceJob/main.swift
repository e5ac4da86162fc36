import RooflineKit

let features = Sample.text.features()
let reduced = try PruMerge().reduce(features)
print("\(reduced.kept.count) of \(features.patches) patches are kept, \(reduced.tokens.rows) tokens go on")

let model = try Catalog.standard.model("llava-1.5-7b")
let device = try Catalog.standard.hardware("a100-80gb")
var estimator = try Estimator(model, on: device, at: .fp16)
let all = try estimator.estimate(.tokens(576), textTokens: 40)
let few = try estimator.estimate(.reduced(by: PruMerge(), features), textTokens: 40)
print("TTFT \(all.expectedTotalSeconds) -> \(few.expectedTotalSeconds), the reducer's own work on the bill")
