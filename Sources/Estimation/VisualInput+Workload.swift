package import Architectures
package import Documents
internal import Operators
internal import ReductionMethods

extension VisualInput {
  /// Refuses a model that cannot read what the reducer leaves.
  ///
  /// - Throws: `Diagnostic` that says why.
  package func check(in model: MultimodalModel) throws(Diagnostic) {
    if let reduction, reduction.outcome != nil || reduction.encoderPlan != nil, let obstacle = model.reductionObstacle {
      throw Diagnostic("\(reduction.reducer.name) cannot work here: \(obstacle)")
    }
    if let vision = model.vision, !vision.encoder.classToken, let reducer = reduction?.reducer.features,
      reducer.readsClassToken
    {
      throw Diagnostic("\(reducer.name) cannot work here: the encoder of \(model.name) has no class token to ask")
    }
    if let reduction, reduction.outcome != nil, let patches = model.tokensPerImage, reduction.tokensBefore != patches {
      throw Diagnostic(
        "the features of \(reduction.sample ?? "the sample") have \(reduction.tokensBefore) tokens; "
          + "\(model.name) makes \(patches) of an image")
    }
  }

  /// The work that this input gives to a model.
  func workload(
    for model: MultimodalModel, textTokens: Int, batch: Int, kernels: Accounting.Kernels = .fused,
    serving: Serving = Serving()
  ) throws(Diagnostic) -> Workload {
    try check(in: model)
    let textTokens = model.language == nil ? 0 : textTokens
    var workload = try Workload(
      visualTokens: tokens, textTokens: textTokens, batch: batch,
      images: model.images(for: reduction?.tokensBefore ?? tokens.initial),
      encoderTokens: reduction?.encoderPlan?.tokens, context: serving.context, outputTokens: serving.outputTokens,
      parallelism: serving.parallelism)
    if let reduction {
      workload.reduction = reduction.bill(
        in: model, tokens: tokens, textTokens: textTokens, batch: serving.parallelism.own(batch), kernels: kernels)
    }
    return workload
  }
}

extension VisualInput.Reduction {
  /// The bill of all methods, for `batch` images.
  fileprivate func bill(
    in model: MultimodalModel, tokens: TokenSchedule, textTokens: Int, batch: Int, kernels: Accounting.Kernels
  ) -> ReductionBill {
    var bill = ReductionBill()
    if let vision = model.vision {
      if let reducer = reducer.encoder, let encoderPlan {
        bill = reducer.bill(encoderPlan, in: vision.encoder, layersUsed: vision.layersUsed, images: batch)
      }
      if let reducer = reducer.features, let outcome {
        // Layers up to the last one that the model does not use run for a reducer that reads its keys; LLaVA uses all
        // but the last.
        let between = reducer.readsLastLayer ? max(0, vision.encoder.layers - 1 - vision.layersUsed) : 0
        let shape = ReductionShape(
          patches: tokensBefore, block: vision.encoder.block, classToken: vision.encoder.classToken, kept: outcome.kept,
          count: outcome.count, images: batch, layers: vision.encoder.layers,
          billsLastLayer: vision.layersUsed < vision.encoder.layers, kernels: kernels)
        bill.add(
          OperatorList.of {
            vision.encoder.block.append(
              layers: between, schedule: TokenSchedule(vision.encoder.tokens), images: Double(batch), kernels: kernels,
              isFirst: false, to: &$0)
          })
        bill.add(reducer.operators(shape), launches: reducer.launches(shape))
      }
    }
    if let reducer = reducer.language, let language = model.language {
      bill.add(reducer.operators(tokens, in: language, textTokens: textTokens, batch: batch))
    }
    return bill
  }
}
