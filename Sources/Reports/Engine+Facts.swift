internal import Engines
internal import Hardware
internal import Quantities

extension Engine {
  /// Everything that is known of it, figure by figure.
  var facts: [Fact] {
    let shares = "devices that divide heads and vocabulary"
    return (needsWholeShares ? [Fact("runs over", shares, source: "", note: "over no others")] : [])
      + memory.facts + (times?.facts ?? []) + (scheduling?.facts ?? [])
  }

  /// The devices that it is taken for where nobody names one, in words: `gpu, soc of Apple`.
  var defaultsText: String {
    defaults.map { $0.kind.rawValue + ($0.vendor.map { " of \($0)" } ?? "") }.joined(separator: ", ")
  }
}

extension EngineMemory {
  fileprivate var facts: [Fact] {
    var facts = [
      Fact("utilization", utilization), Fact("cache's share of the rest", cacheShare), Fact("context", context),
    ]
    for (name, figure) in [
      ("context, tensor parallel", tensorContext), ("context, pipeline", pipelineContext), ("graphs", graphs),
    ] {
      if let figure { facts.append(Fact(name, figure)) }
    }
    facts.append(Fact("tokens of a block", blockTokens))
    if largestPass?.keepsExpertBuffers == true {
      facts.append(Fact("buffers of experts", "kept", source: "", note: "beside the logits of the largest pass"))
    }
    if groupsLayers {
      facts.append(Fact("layers of several kinds", "in groups", source: "", note: "one pool of blocks"))
    }
    if tabulatesRotations {
      facts.append(Fact("tables of rotations", "resident", source: "", note: "of all positions"))
    }
    for (name, figure) in [("width", mxfp4Width), ("inner width", mxfp4Inner)] {
      if let figure { facts.append(Fact("experts in MXFP4: \(name) in whole", figure)) }
    }
    return facts + (largestPass?.facts ?? [])
  }
}

extension LargestPass {
  fileprivate var facts: [Fact] {
    var facts = [Fact("largest pass: tokens", size.tokens), Fact("largest pass: sequences", size.sequences)]
    if let large {
      let from = large.from.stated + (large.except.map { ", but \($0)" } ?? "")
      facts.append(Fact("larger passes", large.from))
      facts[facts.count - 1].note = large.except.map { "not on \($0)" }
      facts.append(Fact("tokens from \(from) on", large.size.tokens))
      facts.append(Fact("sequences from \(from) on", large.size.sequences))
    }
    facts += [
      Fact("bytes of a logit", logitBytes), Fact("widths beside logits", widthsBesideLogits),
      Fact("widths beside a layer", widthsBesideLayer), Fact("widths of images", widthsOfImages),
    ]
    return facts + (warmUpLogitBytes.map { [Fact("bytes of a logit, warm-up", $0)] } ?? [])
  }
}

extension EngineTimes {
  fileprivate var facts: [Fact] {
    var facts = [
      Fact("host: step", step), Fact("host: layer", layer), Fact("host: request", request),
      Fact("host: picture", picture), Fact("overhead of kernels", overhead),
    ]
    if let launches { facts.append(Fact("kernels of a layer", launches)) }
    if let unpacking { facts.append(Fact("unpacking, of the bandwidth", unpacking)) }
    for (name, format) in formats.sorted(by: { $0.key < $1.key }) {
      if let weights = format.weights { facts.append(Fact("\(name): bits of weights", weights)) }
      if let head = format.head { facts.append(Fact("\(name): bits of the head", head)) }
      if let cache = format.cache {
        let keys = cache.sources.map(\.key).joined(separator: ", ")
        facts.append(Fact("\(name): key-value cache", cache.format.rawValue, source: keys, note: cache.note))
      }
    }
    for shares in streams {
      let scope = shares.classes.isEmpty ? "" : ", " + shares.classes.map(\.rawValue).joined(separator: ", ")
      for (what, share) in [
        ("weights", shares.weights), ("weights of 8 bits", shares.eightBits), ("weights of 4 bits", shares.fourBits),
        ("cache", shares.cache),
      ] {
        if let share { facts.append(Fact("bandwidth, \(what)\(scope)", share)) }
      }
    }
    for work in work {
      let bits = [(work.weightBits, "weights"), (work.inputBits, "inputs")].compactMap { bits, what in
        bits.map { "\($0)-bit \(what)" }
      }
      let scope = (work.classes.map(\.rawValue) + bits).joined(separator: ", ")
      facts.append(Fact("work\(scope.isEmpty ? "" : ": \(scope)")", work.factor))
    }
    return facts
  }
}

extension Engine.Scheduling {
  fileprivate var facts: [Fact] {
    var facts = [
      Fact("scheduling", policy.rawValue, source: "", note: nil),
      Fact("admission", admission.rawValue, source: "", note: nil),
    ]
    for (name, figure) in [("tokens of a pass", tokens), ("sequences of a pass", sequences)] {
      if let figure { facts.append(Fact(name, figure)) }
    }
    if let pass { facts.append(Fact("host: pass under load", pass)) }
    return facts + [Fact("host: sequence of a pass", sequence), Fact("host: request under load", request)]
  }
}
