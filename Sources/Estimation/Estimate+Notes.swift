internal import Architectures
internal import Hardware
internal import Operators
internal import Quantities
internal import Reduction

extension Estimate {
  /// What a reader must know to read the figures rightly, one sentence each.
  public var notes: [String] {
    var notes = substitutionNotes
    if let scope = accounting.scope, model.vision != nil { notes.append(scope) }
    if model.language != nil, precision != precision.unquantized, stages.contains(where: { $0.stage != .prefill }) {
      notes.append("vision tower, connector and reducer stay in \(precision.format)")
    }
    if fits == false, let capacity = hardware.capacity?.value {
      notes.append("does not fit: needs \(footprint.total), has \(capacity)")
    }
    if let vision = model.vision, let image = vision.image {
      let tiles = vision.tiles > 1 ? "\(vision.tiles) tiles, " : ""
      notes.append("an image of \(image) pixels: \(tiles)\(vision.tokensPerImage) visual tokens")
    }
    if let reduction = visualInput.reduction {
      if let sample = reduction.sample, reduction.isSynthetic {
        notes.append("tokens of the synthetic sample \"\(sample)\"")
      }
      if let note = reduction.note { notes.append(note) }
    } else if let perImage = model.tokensPerImage, visualTokens != perImage, visualTokens != model.visualTokens {
      let images = workload.images == 1 ? "1 image" : "\(workload.images) images"
      notes.append("\(images) of \(perImage) visual tokens encoded for the \(visualTokens) given")
    }
    return notes
  }

  /// Which formats the device lacks, and what it computes in instead.
  private var substitutionNotes: [String] {
    var notes: [String] = []
    for unit in stages.flatMap(\.operators).filter({ $0.cost.flops > .zero }).map(\.cost.matrixUnit) {
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
