internal import Architectures
internal import Documents
internal import Operators
internal import Quantities

extension Checkpoint {
  /// Reads `quantization_config`: what AWQ, GPTQ, bitsandbytes, FP8, compressed-tensors, modelopt (NVFP4 and FP8) and MXFP4
  /// write. `base` is the format of what is not converted.
  ///
  /// - Throws: `Diagnostic` at a method that is not known, and at a value of a wrong type or out of range.
  init(quantization node: Node, base: NumberFormat, language: LanguageModel) throws(Diagnostic) {
    let fields = try ConfigFields(node, "\"quantization_config\"")
    let format = try StoredFormat(fields)
    let parts = try ModulePatterns(fields).plainParts(layers: language.layers)
    let same = parts.allSatisfy { $0 == parts.first }
    let kept = same ? (parts.first ?? []).intersection(language.parts).names : []
    let rest =
      same
      ? kept.isEmpty ? "" : "; not converted: \(kept.joined(separator: ", "))"
      : "; what is not converted differs by layer"
    self.init(precision: format.precision(base: base), text: format.text + rest, plainParts: parts)
  }
}

extension Checkpoint {
  /// Reads `expert_dtype`: a format of the experts alone (DeepSeek-V4), `fp8` as the other products or `fp4` in groups of 32
  /// with a scale of 8 bits, or of `group_size`.
  mutating func readExperts(_ fields: ConfigFields, _ quantization: ConfigFields) throws(Diagnostic) {
    let key = "expert_dtype"
    guard let node = fields[key] ?? quantization[key] else { return }
    switch try node.text("\"\(key)\"") {
    case "fp8": return
    case "fp4":
      let group = try quantization.integer("group_size", in: 1...65_536, default: 32, decidesSize: false)
      precision.expertBits = 4 + 8 / Double(group)
      text += "; experts in FP4 in groups of \(group)"
    default: throw node.error("expected \"\(key)\" to be fp4 or fp8, found \(node.summary)")
    }
  }
}

extension LanguageModel {
  /// The parts that any of its layers has.
  fileprivate var parts: LayerParts {
    var parts: LayerParts = []
    for block in stack.runs.map(\.block) {
      if block.hasAttention { parts.insert(.attention) }
      if block.recurrence != nil { parts.insert(.recurrence) }
      if block.indexer != nil { parts.insert(.indexer) }
      if let experts = block.experts {
        parts.insert(.experts)
        if experts.sharedWidth > 0 { parts.insert(.shared) }
      }
      if block.experts == nil && block.feedForward > 0 || block.experts?.besideDense == true {
        parts.insert(.feedForward)
      }
    }
    return parts
  }
}

extension LayerParts {
  /// The parts in words.
  fileprivate var names: [String] {
    let named: [(LayerParts, String)] = [
      (.attention, "attention"), (.feedForward, "feed-forward blocks"), (.shared, "shared experts"),
      (.experts, "experts"), (.recurrence, "recurrences"), (.indexer, "indexers"),
    ]
    return named.filter { contains($0.0) }.map(\.1)
  }
}

/// The format of converted weights, and of the inputs that they meet.
private struct StoredFormat {
  /// Bits of a weight, scales and zero points included.
  var weightBits = 8.0
  /// The format of inputs and its bits, scales included; nil for that of what is not converted.
  var input: (format: NumberFormat, bits: Double)?
  /// The format of the key-value cache, where it is stated.
  var cache: NumberFormat?
  var text = ""

  init(_ fields: ConfigFields) throws(Diagnostic) {
    let method = try fields["quant_method"]?.text("\"quant_method\"")
    let algorithm = try fields["quant_algo"]?.text("\"quant_algo\"")
    switch method ?? algorithm.map({ _ in "modelopt" }) {
    case "awq", "gptq", "auto-round", "intel/auto-round":
      try readGroups(fields, (method ?? "").uppercased())
    case "bitsandbytes": try readBitsAndBytes(fields)
    case "fp8", "fbgemm_fp8": try readFP8(fields)
    case "mxfp4": setMXFP4()
    case "compressed-tensors", "modelopt": try readSchemes(fields, algorithm)
    default:
      let known = "awq, gptq, bitsandbytes, fp8, fbgemm_fp8, compressed-tensors, modelopt, mxfp4, auto-round"
      let place = fields["quant_method"] ?? fields.node
      throw place.error("expected \"quant_method\" to be one of \(known); found \(place.summary)")
    }
    if let node = fields["kv_cache_scheme"] ?? fields["kv_cache_quant_algo"] { cache = try Self.cache(node) }
  }

  /// The precision of a model that is stored so; `base` is the format of what is not converted.
  func precision(base: NumberFormat) -> Precision {
    var precision = Precision(base)
    precision.name = "checkpoint"
    precision.isCheckpoint = true
    precision.weightBits = weightBits
    if let input { (precision.productFormat, precision.productInputBits) = (input.format, input.bits) }
    return cache.map { precision.caching(in: $0) } ?? precision
  }

  private static func cache(_ node: Node) throws(Diagnostic) -> NumberFormat? {
    if case .scalar(let text, _) = node.content { return text.uppercased().hasPrefix("FP8") ? .fp8 : nil }
    let fields = try ConfigFields(node, "\"kv_cache_scheme\"")
    guard try fields.integer("num_bits", in: 1...32, default: 8) == 8 else { return nil }
    return try fields["type"]?.text("\"type\"") == "int" ? .int8 : .fp8
  }

  /// Whole numbers in groups, each with a scale of 16 bits and a zero point.
  private mutating func readGroups(_ fields: ConfigFields, _ method: String) throws(Diagnostic) {
    let bits = try fields.renamed(["bits": "w_bit"]).integer("bits", in: 1...16, default: 4)
    let group = try fields.renamed(["group_size": "q_group_size"]).integer("group_size", in: -1...65_536, default: 128)
    weightBits = Double(bits) + (group > 0 ? Double(16 + bits) / Double(group) : 0)
    let groups = group > 0 ? "groups of \(group) with a scale and a zero point each" : "a scale for every channel"
    text = "\(method), \(bits)-bit weights in \(groups)"
  }

  private mutating func readBitsAndBytes(_ fields: ConfigFields) throws(Diagnostic) {
    guard try fields.boolean("load_in_4bit", default: false) else {
      input = (.int8, 8)
      text = "bitsandbytes, 8-bit weights and inputs"
      return
    }
    let type = try fields["bnb_4bit_quant_type"]?.text("\"bnb_4bit_quant_type\"") ?? "fp4"
    // An FP32 maximum for every 64 weights or, quantised again, 8 bits of it and an FP32 one for every 256 of those.
    let isDouble = try fields.boolean("bnb_4bit_use_double_quant", default: false)
    weightBits = 4 + (isDouble ? 8.0 / 64 + 32.0 / (64 * 256) : 32.0 / 64)
    text = "bitsandbytes, 4-bit weights (\(type)) in blocks of 64"
  }

  private mutating func readFP8(_ fields: ConfigFields) throws(Diagnostic) {
    input = (.fp8, 8)
    let scheme = try fields["activation_scheme"]?.text("\"activation_scheme\"") ?? "dynamic"
    let block = try fields.integers("weight_block_size", in: 1...65_536)
    guard block.count == 2 else {
      text = "FP8 weights and inputs (\(scheme) scales)"
      return
    }
    weightBits = 8 + 32 / Double(block[0] * block[1])
    text = "FP8 weights in blocks of \(block[0]) x \(block[1]), FP8 inputs (\(scheme) scales)"
  }

  private mutating func setMXFP4() {
    // A scale of 8 bits for every 32.
    weightBits = 4 + 8.0 / 32
    text = "MXFP4 weights"
  }

  /// The schemes of weights and inputs of the first group, or the algorithm's name.
  private mutating func readSchemes(_ fields: ConfigFields, _ algorithm: String?) throws(Diagnostic) {
    guard let groups = fields["config_groups"], let group = try groups.entries("\"config_groups\"").first?.value else {
      return try set(algorithm, at: fields["quant_algo"] ?? fields.node)
    }
    let scheme = try ConfigFields(group, "a group of \"config_groups\"")
    let weights = try scheme.part("weights")
    let inputs = scheme["input_activations"] == nil ? nil : try scheme.part("input_activations")
    let bits = try weights.integer("num_bits", in: 1...16, default: 8)
    let isFloat = try weights["type"]?.text("\"type\"") != "int"
    let size = try weights.optionalInteger("group_size", in: -1...65_536, default: nil) ?? -1
    let block = try weights.integers("block_structure", in: 1...65_536)
    if isFloat, bits == 4 {
      if size == 32 { setMXFP4() } else { setNVFP4(inputs: inputs != nil) }
      return
    }
    let isSymmetric = try weights.boolean("symmetric", default: true)
    weightBits = Double(bits)
    text = "\(isFloat ? "FP" : "INT")\(bits) weights"
    if block.count == 2 {
      weightBits += 32 / Double(block[0] * block[1])
      text += " in blocks of \(block[0]) x \(block[1])"
    } else if size > 0 {
      weightBits += Double(16 + (isSymmetric ? 0 : bits)) / Double(size)
      text += " in groups of \(size)"
    }
    guard let inputs else { return }
    let inputBits = try inputs.integer("num_bits", in: 1...16, default: 8)
    let format: NumberFormat =
      try inputs["type"]?.text("\"type\"") == "int" ? (inputBits == 4 ? .int4 : .int8) : inputBits == 4 ? .fp4 : .fp8
    input = (format, Double(inputBits))
    text += ", \(format) inputs"
  }

  /// The scheme of an algorithm's name; FP8 where none is given.
  private mutating func set(_ algorithm: String?, at node: Node) throws(Diagnostic) {
    switch algorithm {
    case "NVFP4": setNVFP4(inputs: true)
    case "FP8", "FP8_PB_WO", nil: (input, text) = ((.fp8, 8), "FP8 weights and inputs")
    case "W4A16_AWQ": (weightBits, text) = (4 + 16.0 / 128, "4-bit weights in groups of 128")
    case "W4A8_AWQ":
      (weightBits, input, text) = (4 + 16.0 / 128, (.fp8, 8), "4-bit weights in groups of 128, FP8 inputs")
    default:
      throw node.error(
        "expected \"quant_algo\" to be NVFP4, FP8, W4A16_AWQ or W4A8_AWQ where there are no \"config_groups\"")
    }
  }

  private mutating func setNVFP4(inputs: Bool) {
    // An FP8 scale for every 16, of inputs as well.
    let bits = 4 + 8.0 / 16
    weightBits = bits
    if inputs { input = (.fp4, bits) }
    text = inputs ? "NVFP4 weights and inputs" : "NVFP4 weights"
  }
}
