import RooflineKit

let model = try Catalog.standard.model("llava-1.5-7b")
let device = try Catalog.standard.hardware("v100")
let reduced = try VisualInput.reduced(by: PruMerge(), Sample.text.features())
let study = Study(
  model, on: [device], precisions: [.fp16, .int4], visualInputs: [.tokens(576), reduced], textTokens: 40)
print(try Report(study).rendered(as: .markdown))
