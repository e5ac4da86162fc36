internal import Architectures
internal import Engines
internal import Hardware
internal import Operators
internal import Quantities
internal import ReductionMethods

extension Estimate {
  /// What a reader must know to read the figures rightly, one sentence each; see also `syntheticNote`.
  public var notes: [String] {
    var notes = substitutionNotes
    if let caveat = accounting.caveat { notes.append(caveat) }
    if let scope = accounting.scope, model.vision != nil { notes.append(scope) }
    if precision != precision.unquantized, stages.contains(where: { $0.stage != .prefill }) {
      let parts = model.language == nil ? "a vision tower stays" : "vision tower, connector and reducer stay"
      notes.append("\(parts) in \(precision.format)")
    }
    notes += spreadNotes + engineNotes
    if let fitNote { notes.append(fitNote) }
    let tokens = promptTokens + workload.context + workload.outputTokens
    if let positions = model.language?.positions, tokens > positions {
      notes.append(
        "\(tokens) tokens in a sequence, \(model.name) was made for \(positions) positions: figures hold, answers may not"
      )
    }
    if let checkpoint = model.checkpoint, checkpoint.isDefault || precision.isCheckpoint {
      notes.append("\(precision.isCheckpoint ? "checkpoint is" : "the checkpoint itself is in") \(checkpoint.text)")
    }
    notes += model.notes
    if let assumptionNote { notes.append(assumptionNote) }
    if model.language?.crossAttention != nil {
      notes.append("visual tokens are read by cross-attention and stand in no prompt: they do not add to the tokens")
    }
    if let note = model.pictureNote { notes.append(note) }
    if let reduction = visualInput.reduction {
      notes += self.notes(on: reduction)
    } else if let perImage = model.tokensPerImage, visualTokens != perImage, visualTokens != model.visualTokens {
      let images = workload.images == 1 ? "1 image" : "\(workload.images) images"
      notes.append("\(images) of \(perImage) visual tokens encoded for the \(visualTokens) given")
    }
    return notes
  }

  /// Which sizes the model's configuration leaves to transformers, if it does.
  private var assumptionNote: String? {
    let keys = model.sources.flatMap { source in source.assumed.map { "\(source.part) \($0)" } }
    guard !keys.isEmpty else { return nil }
    let shown = keys.prefix(3).joined(separator: ", ") + (keys.count > 3 ? " and \(keys.count - 3) more" : "")
    return "the configuration lacks \(shown): transformers' defaults stand in, see roofline show"
  }

  /// By how much the request exceeds what the engine may take of the device's memory, if it does, or that it hardly fits.
  public var fitNote: String? {
    guard let limit = memoryLimit, let excess else { return nil }
    let share = engine.memory.utilization.value.value < 1 ? " for \(engine.name)" : ""
    if isTight {
      return "hardly fits: needs \(footprint.total) of \(limit)\(share), less than 3 % to spare"
    }
    guard excess > .zero else { return nil }
    let most =
      workload.batch > 1 && largestBatch.map { $0 > 0 } ?? false ? "; a batch of \(largestBatch ?? 0) fits" : ""
    let place = serving.parallelism.devices > 1 ? " on a device" : ""
    return "does not fit: needs \(footprint.total)\(place), has \(limit)\(share), \(excess) too little\(most)"
  }

  /// What an engine's times have in them that kernels have not, and whose they are.
  private var engineNotes: [String] {
    var notes = [obstacle].compactMap { $0 }
    if let most = sequenceLimit, workload.batch > most {
      notes.append("\(engine.name) takes \(most) sequences at once: of a batch of \(workload.batch) the others wait")
    }
    if let graphs = engine.memory.graphs?.value, engine.memory.needsGraphs(on: hardware) == nil, let memoryLimit,
      let rest = hardware.capacity.map({ $0.value - memoryLimit }), rest < graphs
    {
      notes.append(
        "CUDA graphs come on top of \(engine.name)'s share, where \(rest) is left: some \(graphs) were seen on larger devices"
      )
    }
    guard let times = engine.times, hasLanguage else { return notes }
    if let relative = times.relative {
      notes.append("nobody measured \(engine.name) here: its times are those of \(relative)")
    }
    if visualInput.reduction != nil, times.layer.value == .zero {
      notes.append("\(engine.name) runs no such reducer: its times are those as if it had one")
    }
    return notes
  }

  /// What spreading the model over devices pads, copies and supposes.
  private var spreadNotes: [String] {
    let parallelism = serving.parallelism
    guard parallelism.devices > 1, let language = model.language else { return [] }
    let tensor = parallelism.tensor
    var notes = [
      "\(parallelism.devices) devices: times, work and traffic are of the busiest one of each stage, the footprint of the fullest"
    ]
    if let note = hardware.interconnect?.note { notes.append("link: \(note)") }
    let heads = language.block.heads
    let groups = language.block.kvHeads
    if heads % tensor > 0 { notes.append("\(heads) heads over \(tensor) devices: padded, as if they were a multiple") }
    if language.block.latent != nil, tensor > 1 {
      notes.append("the latent cache is on each of \(tensor) devices")
    } else if groups < tensor {
      notes.append("\(groups) key heads over \(tensor) devices: each has a copy of one")
    } else if groups % tensor > 0 {
      notes.append("\(groups) key heads over \(tensor) devices: padded, as if they were a multiple")
    }
    if parallelism.expert > 1, workload.batch % parallelism.expert > 0 {
      notes.append(
        "\(workload.batch == 1 ? "1 sequence" : "\(workload.batch) sequences") over \(parallelism.expert) devices: some "
          + (workload.ownBatch == 1 ? "have none" : "have fewer than \(workload.ownBatch)"))
    }
    return notes
  }

  /// That the visual tokens come from a generator instead of an image, if they do.
  public var syntheticNote: String? {
    guard let reduction = visualInput.reduction, let sample = reduction.sample, reduction.isSynthetic else {
      return nil
    }
    return "tokens of the synthetic sample \"\(sample)\""
  }

  private func notes(on reduction: VisualInput.Reduction) -> [String] {
    var notes = reduction.note.map { [$0] } ?? []
    if let width = model.vision?.encoder.block.width {
      if let found = reduction.width, width != found {
        notes.append("features of width \(found) stand in for those of \(model.name), which have \(width)")
      }
    } else if reduction.outcome != nil {
      notes.append("vision tower and reducer are not on the bill of \(model.name), a language model alone")
    }
    if workload.batch > 1, reduction.outcome != nil {
      notes.append("all \(workload.batch) images are taken to keep as many tokens as the sample")
    }
    return notes
  }

  /// The units that compute products, in the order of the work.
  private var matrixUnits: [ArithmeticUnit] {
    var units: [ArithmeticUnit] = []
    for stage in stages {
      for arithmetic in stage.kinds.all {
        let unit = arithmetic.units(at: stage.stage.precision(precision)).matrix
        if !units.contains(unit) { units.append(unit) }
      }
    }
    return units
  }

  /// Which formats the device lacks, and what it computes in instead.
  private var substitutionNotes: [String] {
    var notes: [String] = []
    for unit in matrixUnits {
      let peak = hardware.peak(of: unit)
      let wanted = unit.format
      let isSlowUnit = !peak.isMatrix && !hardware.matrixPeaks.isEmpty && unit == .matrix(wanted)
      guard peak.format != wanted || isSlowUnit else { continue }
      let units = hardware.matrixPeaks.isEmpty ? "arithmetic" : "matrix units"
      let place = peak.isMatrix || hardware.matrixPeaks.isEmpty ? "" : " on the vector units"
      let note =
        "\(hardware.name) has no \(wanted) \(units): such products run at its \(peak.format) rate\(place)"
      if !notes.contains(note) { notes.append(note) }
    }
    return notes
  }
}
