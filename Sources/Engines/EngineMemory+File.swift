internal import Documents
internal import Hardware
internal import Quantities

extension EngineMemory {
  /// Reads the `memory` section of an engine file; what it leaves out is as without an engine.
  init(file node: Node, _ reader: FigureReader) {
    self.init()
    let findings = reader.findings
    let keys = [
      "utilization", "cache_share", "context", "tensor_context", "pipeline_context", "graphs", "block_tokens",
      "groups_layers", "tabulates_rotations", "mxfp4_width_multiple", "mxfp4_inner_multiple", "largest_pass",
    ]
    guard let fields = findings.attempt(try Fields(node, "memory", known: keys, findings)) else { return }
    func bytes(_ key: String, _ what: String) -> Figure<Bytes>? {
      reader.optional(fields[key], what, in: Bytes(0)...Bytes(1e12))
    }
    if let node = findings.attempt(try fields.required("utilization")) {
      utilization = reader.ratio(node, "the share of the memory", in: 0.01...1)
    }
    if let node = fields["cache_share"] {
      cacheShare = reader.ratio(node, "the cache's share of what is left", in: 0.01...1)
    }
    context = bytes("context", "what is resident beside tensors") ?? context
    tensorContext = bytes("tensor_context", "what is resident beside tensors under tensor parallelism")
    pipelineContext = bytes("pipeline_context", "what is resident beside tensors in a pipeline")
    graphs = bytes("graphs", "what recorded passes take")
    if let node = fields["block_tokens"] {
      blockTokens = reader.ratio(node, "the tokens of a block", in: 1...65_536)
    }
    groupsLayers =
      findings.attempt(try fields["groups_layers"]?.boolean("whether layers are grouped")) ?? groupsLayers
    tabulatesRotations =
      findings.attempt(try fields["tabulates_rotations"]?.boolean("whether rotations are tabulated"))
      ?? tabulatesRotations
    func multiple(_ key: String) -> Figure<Ratio>? {
      fields[key].map { reader.ratio($0, "what a width is filled up to a multiple of", in: 1...65_536) }
    }
    (mxfp4Width, mxfp4Inner) = (multiple("mxfp4_width_multiple"), multiple("mxfp4_inner_multiple"))
    largestPass = fields["largest_pass"].flatMap { LargestPass(file: $0, reader) }
  }
}

extension LargestPass {
  /// Reads the section of the largest pass; nil for what is none.
  fileprivate init?(file node: Node, _ reader: FigureReader) {
    let findings = reader.findings
    let keys = [
      "tokens", "sequences", "large", "logit_bytes", "widths_beside_logits", "widths_beside_layer", "widths_of_images",
      "keeps_expert_buffers", "warm_up_logit_bytes",
    ]
    guard let fields = findings.attempt(try Fields(node, "the largest pass", known: keys, findings)) else { return nil }
    func widths(_ key: String) -> Figure<Ratio> {
      findings.attempt(try fields.required(key)).map { reader.ratio($0, "the number of tensors", in: 0...1000) }
        ?? Figure(Ratio(.nan))
    }
    let bytes = Bytes(0)...Bytes(1000)
    size = Size(fields, "the largest pass", reader)
    large = fields["large"].flatMap { Large(file: $0, reader) }
    logitBytes =
      findings.attempt(try fields.required("logit_bytes")).map { reader.figure($0, "the bytes of a logit", in: bytes) }
      ?? Figure(Bytes(.nan))
    widthsBesideLogits = widths("widths_beside_logits")
    widthsBesideLayer = widths("widths_beside_layer")
    widthsOfImages =
      fields["widths_of_images"].map { reader.ratio($0, "the number of tensors", in: 0...1000) }
      ?? Figure(Ratio(0), stated: "0")
    keepsExpertBuffers =
      findings.attempt(try fields["keeps_expert_buffers"]?.boolean("whether buffers of experts are kept")) ?? false
    warmUpLogitBytes = reader.optional(fields["warm_up_logit_bytes"], "the bytes of a logit", in: bytes)
  }
}

extension LargestPass.Large {
  fileprivate init?(file node: Node, _ reader: FigureReader) {
    let findings = reader.findings
    guard
      let fields = findings.attempt(
        try Fields(node, "the larger pass", known: ["from", "except", "tokens", "sequences"], findings))
    else { return nil }
    from =
      findings.attempt(try fields.required("from")).map {
        reader.figure($0, "the memory from which on", in: Bytes(1e8)...Bytes(1e15))
      } ?? Figure(Bytes(.nan))
    except = findings.attempt(try fields["except"]?.name("the part of a name", limit: 200))
    size = LargestPass.Size(fields, "the larger pass", reader)
  }
}

extension LargestPass.Size {
  /// Tokens and sequences among some fields.
  fileprivate init(_ fields: Fields, _ what: String, _ reader: FigureReader) {
    func count(_ key: String) -> Figure<Ratio> {
      reader.findings.attempt(try fields.required(key)).map { reader.ratio($0, "the \(key) of \(what)", in: 1...1e7) }
        ?? Figure(Ratio(.nan))
    }
    (tokens, sequences) = (count("tokens"), count("sequences"))
  }
}
