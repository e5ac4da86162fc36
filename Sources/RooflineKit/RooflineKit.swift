// The whole library under one import. Four calls do the main job:
//
//     let model = try Catalog.standard.model("llava-1.5-7b")
//     let gpu = try Catalog.standard.hardware("v100")
//     let tokens = try VisualInput.reduced(by: .named("prumerge"), .sample("text"))
//     let study = try Study(model, on: gpu, precisions: [.fp16, .int4], visualInputs: [.tokens(576), tokens], textTokens: 40)
//     print(Report(study).rendered(as: .markdown))

@_exported public import Architectures
@_exported public import Catalog
@_exported public import Documents
@_exported public import Estimation
@_exported public import Hardware
@_exported public import Operators
@_exported public import Quantities
@_exported public import Reduction
@_exported public import Reports
@_exported public import Reproduction
@_exported public import Tensors
@_exported public import Validation
