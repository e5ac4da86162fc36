package import Architectures
package import Documents
internal import Operators
internal import ReductionMethods

extension VisualInput {
  /// Refuses a model that cannot read what the reducer leaves.
  ///
  /// - Throws: `Diagnostic` that says why.
  package func check(in model: MultimodalModel) throws(Diagnostic) {
    let seesAll = reduction?.parts.isEmpty == false
    let obstacle = seesAll ? model.pictureObstacle : model.reductionObstacle
    if let reduction, reduction.outcome != nil || reduction.encoderPlan != nil, let obstacle {
      throw Diagnostic("\(reduction.reducer.name) cannot work here: \(obstacle)")
    }
    if let vision = model.vision, !vision.encoder.classToken || model.mergesPatches,
      let reducer = reduction?.reducer.features,
      reducer.readsClassToken
    {
      throw Diagnostic("\(reducer.name) cannot work here: the encoder of \(model.name) has no class token to ask")
    }
    if let reduction, !reduction.parts.isEmpty, let vision = model.vision {
      let (found, wanted) = (reduction.parts.reduce(0) { $0 + $1.patches }, model.patchesBeforeReduction)
      guard found == wanted else {
        throw Diagnostic(
          "the encoder makes \(found) patches of \(reduction.sample ?? "the picture") in \(reduction.parts.count) parts; "
            + "\(model.name) has \(wanted) in \(vision.tiles * model.images)")
      }
    } else if let reduction, reduction.outcome != nil, let patches = model.tokensPerImage,
      reduction.tokensBefore != patches
    {
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
    if let reduction, !reduction.parts.isEmpty {
      workload.connectorTokens = model.mergesPatches ? model.patchesBeforeReduction : tokens.initial
    }
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
        // All tiles that leave equally many tokens are reduced alike.
        var parts: [Part: Int] = [:]
        let whole = Part(patches: tokensBefore, kept: outcome.kept, count: outcome.count)
        for part in self.parts.isEmpty ? [whole] : self.parts { parts[part, default: 0] += 1 }
        // Layers up to the last one that the model does not use run for a reducer that reads its keys; LLaVA uses all
        // but the last.
        let between = reducer.readsLastLayer ? max(0, vision.encoder.layers - 1 - vision.layersUsed) : 0
        bill.add(
          OperatorList.of {
            vision.encoder.block.append(
              layers: between, schedule: TokenSchedule(vision.encoder.tokens),
              images: Double(batch * max(1, self.parts.count)), kernels: kernels, isFirst: false, to: &$0)
          })
        let isMerged = !self.parts.isEmpty && model.mergesPatches
        for (part, count) in parts.sorted(by: { ($0.key.count, $0.key.patches) < ($1.key.count, $1.key.patches) }) {
          var shape = ReductionShape(
            patches: part.patches, block: vision.encoder.block, classToken: vision.encoder.classToken && !isMerged,
            kept: part.kept, count: part.count, images: batch * count, layers: vision.encoder.layers,
            billsLastLayer: vision.layersUsed < vision.encoder.layers, kernels: kernels)
          if isMerged, let connector = model.connector {
            (shape.merged, shape.tokenWidth) = (connector.merged, connector.outputWidth)
          }
          bill.add(reducer.operators(shape), launches: reducer.launches(shape))
        }
      }
    }
    if let reducer = reducer.language, let language = model.language {
      bill.add(reducer.operators(tokens, in: language, textTokens: textTokens, batch: batch))
    }
    return bill
  }
}
