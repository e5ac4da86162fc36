public import Documents
internal import Operators

extension MultimodalModel {
  /// A part of a model, by its key in a model file.
  package enum Part: String { case vision, connector, language }

  /// A figure that no model has.
  package struct Flaw {
    /// The part; nil for the model as a whole.
    package var part: Part?
    /// What was expected and what was found.
    package var message: String
  }

  /// Refuses a model whose figures make no sense, wherever it comes from: every count is within what models have, heads
  /// are shared out evenly, rotated widths are even, and there is something to run.
  ///
  /// - Throws: `Diagnostic` with all that is wrong.
  public func validate() throws(Diagnostic) {
    let flaws = flaws
    guard let first = flaws.first else { return }
    var error = Diagnostic("\(name): \(first.message)")
    error.further = flaws.dropFirst().map { Diagnostic("\(name): \($0.message)") }
    throw error
  }

  /// The same of a model that was read from a file; `place` is where a part stands.
  package func check(at place: (Part) -> Node) throws(Diagnostic) {
    let findings = Findings()
    for flaw in flaws { findings.add(place(flaw.part ?? .language).error(flaw.message)) }
    try findings.check()
  }

  /// All figures that no model has.
  private var flaws: [Flaw] {
    var sense = Sense()
    if vision == nil, language == nil { sense.add("expected a vision encoder or a language model, found neither") }
    sense.check("images of a request", images, in: Limit.images)
    if let vision { sense.check(vision) }
    if let connector { sense.check(connector) }
    if let language { sense.check(language) }
    if let width = language?.block.width, let last = connector?.widths.last, language?.crossAttention == nil,
      last != width
    {
      sense.add("expected the connector to end with the language model's width, \(width), found \(last)")
    }
    return sense.flaws
  }
}

/// Looks through the figures of a model, part by part.
private struct Sense {
  var flaws: [MultimodalModel.Flaw] = []
  private var part: MultimodalModel.Part?
  /// Widths that are a product of others, as that of merged patches.
  private static let anyWidth = 1...1 << 40

  mutating func add(_ message: String) { flaws.append(MultimodalModel.Flaw(part: part, message: message)) }

  mutating func check(_ what: String, _ value: Int?, in range: ClosedRange<Int>) {
    guard let value, !range.contains(value) else { return }
    let name = part.map { "the \($0.rawValue) part's " } ?? "the "
    add("expected \(name)\(what) to be from \(range.lowerBound) to \(range.upperBound), found \(value)")
  }

  mutating func check(_ vision: MultimodalModel.Vision) {
    part = .vision
    defer { part = nil }
    let encoder = vision.encoder
    check("image size", encoder.imageSize, in: Limit.imageSize)
    check("patch size", encoder.patchSize, in: Limit.patchSize)
    check("channels", encoder.channels, in: Limit.channels)
    check("layers", encoder.layers, in: Limit.layers)
    check("frames of a patch", encoder.framesPerPatch, in: 1...64)
    check("stored positions", encoder.storedPositions, in: 1...Workload.tokenLimit)
    for side in [encoder.grid?.rows, encoder.grid?.columns] { check("grid", side, in: 1...Workload.tokenLimit) }
    check("encoders", vision.copies, in: 1...64)
    check(encoder.block)
    // The numbers of tokens are products of those.
    guard flaws.isEmpty else { return }
    check("patches", encoder.patches, in: 1...Workload.tokenLimit)
    check("layers used", vision.layersUsed, in: 0...encoder.layers)
    check("dropped tokens", vision.droppedTokens, in: 0...max(0, encoder.tokens - 1))
    check("tokens of an image", vision.tokensPerImage, in: 1...Workload.tokenLimit)
  }

  mutating func check(_ connector: Connector) {
    part = .connector
    defer { part = nil }
    check("number of widths", connector.widths.count, in: 1...17)
    for width in connector.widths { check("width", width, in: Self.anyWidth) }
    check("merged tokens", connector.merged, in: 1...4096)
    for width in connector.entry.isEmpty ? [] : connector.entrance.widths { check("width", width, in: Self.anyWidth) }
    if let compressor = connector.compressor { check(compressor) }
  }

  private mutating func check(_ compressor: TokenCompressor) {
    switch compressor {
    case .queryFormer(let former):
      check("queries", former.queries, in: Limit.queries)
      check("layers", former.layers, in: Limit.layers)
      check("feed-forward width", former.feedForward, in: Limit.width)
      check("distance of cross-attention", former.crossEvery, in: Limit.layers)
      check("encoder width", former.encoderWidth, in: Self.anyWidth)
      check("vocabulary", former.vocabulary, in: 0...Limit.vocabulary.upperBound)
      check("positions", former.positions, in: 0...Workload.tokenLimit)
      check(heads: former.heads, dividing: former.width)
    case .queryEncoder(let encoder):
      check("queries", encoder.queries, in: Limit.queries)
      check("layers", encoder.layers, in: Limit.layers)
      check(encoder.block)
    case .resampler(let resampler):
      check("queries", resampler.queries, in: Limit.queries)
      check("encoder width", resampler.encoderWidth, in: Self.anyWidth)
      check(heads: resampler.heads, dividing: resampler.width)
    case .perceiver(let perceiver):
      check("latents", perceiver.latents, in: Limit.queries)
      check("layers", perceiver.layers, in: Limit.layers)
      check("width", perceiver.width, in: Limit.width)
      check("heads", perceiver.heads, in: Limit.heads)
      check("key heads", perceiver.kvHeads, in: 1...max(1, perceiver.heads))
      check("head width", perceiver.headWidth, in: Limit.headWidth)
      check("feed-forward width", perceiver.feedForward, in: Self.anyWidth)
    case .film(let film):
      check("frames", film.frames, in: Limit.images)
      check("encoder width", film.encoderWidth, in: Self.anyWidth)
    case .downsampler(let downsampler): check("width", downsampler.width, in: Limit.width)
    }
  }

  mutating func check(_ language: LanguageModel) {
    part = .language
    defer { part = nil }
    check("layers", language.layers, in: Limit.layers)
    check("vocabulary", language.vocabulary, in: 1...2 * Limit.vocabulary.upperBound)
    check("positions", language.positions, in: Limit.positions)
    check("embedding width", language.embeddingWidth ?? 1, in: Limit.width)
    for run in language.stack.runs {
      check("layers of a kind", run.layers, in: Limit.layers)
      check("width of a layer", run.block.width, in: language.block.width...language.block.width)
      check(run.block)
    }
    guard let cross = language.crossAttention else { return }
    for place in cross.places { check("place of cross-attention", place, in: 0...max(0, language.layers - 1)) }
    check("cross-attention layers", cross.count, in: 1...max(1, language.layers))
    check("image width", cross.imageWidth, in: Self.anyWidth)
    check(cross.block)
  }

  private mutating func check(_ block: TransformerBlock) {
    check("width", block.width, in: Limit.width)
    check("heads", block.heads, in: Limit.heads)
    check("key heads", block.kvHeads, in: 1...max(1, block.heads))
    if block.kvHeads > 0, block.heads % block.kvHeads != 0 {
      add("expected \(block.kvHeads) key heads to divide the \(block.heads) heads")
    }
    // That of latent attention is the sum of two.
    check("head width", block.headWidth, in: 1...2 * Limit.headWidth.upperBound)
    let least = block.experts == nil && !block.mixesTokens ? 1 : 0
    check("feed-forward width", block.feedForward, in: least...Self.anyWidth.upperBound)
    check("gate width", block.gateWidth, in: 0...Limit.width.upperBound)
    check("value width", block.ownValueWidth, in: Limit.headWidth)
    if let indexer = block.indexer { check(indexer) }
    if let recurrence = block.recurrence { check(recurrence) }
    check("window", block.window, in: Limit.positions)
    check(rotary: block.rotaryWidth, of: block.headWidth)
    if let latent = block.latent {
      check("query rank", latent.queryRank, in: Limit.width)
      check("rank", latent.rank, in: Limit.width)
      check("value width", latent.valueWidth, in: Limit.headWidth)
      check(rotary: latent.rotaryWidth, of: block.headWidth)
    }
    if let compressed = block.compressed { check(compressed, heads: block.heads) }
    if let streams = block.streams { check(streams, block.arrangement) }
    if let experts = block.experts {
      check("experts", experts.count, in: Limit.experts)
      check("experts of a token", experts.perToken, in: 1...max(1, experts.count))
      check("expert width", experts.feedForward, in: Limit.width)
      check("shared expert width", experts.sharedWidth, in: 0...Self.anyWidth.upperBound)
      check("experts of a device", experts.resident, in: 1...max(1, experts.count))
    }
  }

  private mutating func check(_ streams: ResidualStreams, _ arrangement: TransformerBlock.Arrangement) {
    check("residual streams", streams.count, in: Limit.streams)
    check("iterations", streams.iterations, in: Limit.iterations)
    if ![.sequential, .sandwiched].contains(arrangement) {
      add("expected residual streams in a sequential or sandwiched layer, found \(arrangement.rawValue)")
    }
  }

  private mutating func check(_ indexer: SparseIndexer) {
    check("indexer's heads", indexer.heads, in: Limit.heads)
    check("indexer's head width", indexer.headWidth, in: Limit.headWidth)
    check("indexer's positions", indexer.positions, in: Limit.positions)
  }

  private mutating func check(_ compressed: CompressedAttention, heads: Int) {
    check("query rank", compressed.queryRank, in: Limit.width)
    check("groups of outputs", compressed.outputGroups, in: 1...max(1, heads))
    if heads % max(1, compressed.outputGroups) != 0 {
      add("expected \(compressed.outputGroups) groups of outputs to divide the \(heads) heads")
    }
    check("rank of outputs", compressed.outputRank, in: Limit.width)
    check("tokens of an entry", compressed.rate, in: Limit.entry)
    if let indexer = compressed.indexer { check(indexer) }
  }

  private mutating func check(_ recurrence: Recurrence) {
    switch recurrence {
    case .gatedDelta(let net):
      check("key heads of the recurrence", net.keyHeads, in: Limit.heads)
      check("value heads of the recurrence", net.valueHeads, in: Limit.heads)
      check("key width of the recurrence", net.keyWidth, in: Limit.headWidth)
      check("value width of the recurrence", net.valueWidth, in: Limit.headWidth)
      check("kernel of the recurrence", net.kernel, in: 1...64)
    case .mamba2(let mixer):
      check("heads of the recurrence", mixer.heads, in: Limit.heads)
      check("head width of the recurrence", mixer.headWidth, in: Limit.headWidth)
      check("groups of the recurrence", mixer.groups, in: Limit.heads)
      check("state of the recurrence", mixer.state, in: Limit.width)
      check("kernel of the recurrence", mixer.kernel, in: 1...64)
    case .mamba(let mixer):
      check("channels of the recurrence", mixer.inner, in: Self.anyWidth)
      check("state of the recurrence", mixer.state, in: Limit.width)
      check("rank of the recurrence's step", mixer.stepRank, in: Limit.width)
      check("kernel of the recurrence", mixer.kernel, in: 1...64)
    case .linear(let attention):
      check("heads of the recurrence", attention.heads, in: Limit.heads)
      check("head width of the recurrence", attention.headWidth, in: Limit.headWidth)
    case .convolution(let convolution):
      check("channels of the recurrence", convolution.channels, in: Limit.width)
      check("kernel of the recurrence", convolution.kernel, in: 1...64)
    }
  }

  /// Pairs of elements are rotated.
  private mutating func check(rotary width: Int, of headWidth: Int) {
    check("rotary width", width, in: 0...max(0, headWidth))
    if width % 2 != 0 { add("expected an even rotary width, as pairs of elements are rotated, found \(width)") }
  }

  private mutating func check(heads: Int, dividing width: Int) {
    check("width", width, in: Limit.width)
    check("heads", heads, in: Limit.heads)
    if heads > 0, width % heads != 0 { add("expected \(heads) heads to divide the width \(width)") }
  }
}
