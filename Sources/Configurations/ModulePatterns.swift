internal import Architectures
internal import Documents

/// The modules that a checkpoint leaves as they are, by names, ends of names, and patterns with stars.
struct ModulePatterns {
  /// Those of one layer, by its number, and all others; without what stands before `layers`.
  private var ofLayer: [Int: [String]] = [:]
  private var ofAll: [String] = []

  private static let keys = [
    "modules_to_not_convert", "ignore", "ignored_layers", "exclude_modules", "llm_int8_skip_modules",
  ]

  init(_ fields: ConfigFields) throws(Diagnostic) {
    for key in Self.keys {
      guard let node = fields[key] else { continue }
      for item in try node.items("\"\(key)\"") { add(try item.text("a module's name")) }
    }
  }

  private mutating func add(_ text: String) {
    var pattern = text[...]
    if pattern.hasPrefix("re:") {
      pattern = Substring(
        pattern.dropFirst(3).replacing("\\.", with: ".").replacing(".*", with: "*").replacing("$", with: ""))
    }
    guard let start = pattern.firstRange(of: "layers.") else { return ofAll.append(String(pattern)) }
    // Layers that predict further tokens and those of towers are none of the language model's.
    let place = pattern[..<start.lowerBound]
    guard !["mtp", "vis", "encoder", "audio"].contains(where: { place.firstRange(of: $0) != nil }) else { return }
    pattern = pattern[start.lowerBound...]
    let rest = pattern.dropFirst("layers.".count)
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    let following = rest.dropFirst(digits.count).first
    if let number = Int(digits), following == nil || following == "." {
      ofLayer[number, default: []].append(String(pattern))
    } else {
      ofAll.append(String(pattern))
    }
  }

  /// A module that stands for each part, by the names that it has in different families.
  private static let modules: [(LayerParts, [String])] = [
    (.attention, ["self_attn.o_proj", "mixer.o_proj"]),
    (.feedForward, ["mlp.down_proj", "feed_forward.down_proj", "mixer.down_proj"]),
    (
      .shared,
      ["mlp.shared_experts.down_proj", "mlp.shared_expert.down_proj", "mixer.shared_experts.down_proj"]
    ),
    (.experts, ["mlp.experts.0.down_proj", "block_sparse_moe.experts.0.w2", "mixer.experts.0.down_proj"]),
    (.recurrence, ["linear_attn.out_proj", "mamba.out_proj", "mixer.out_proj"]),
    (.indexer, ["self_attn.indexer.wq_b"]),
  ]

  /// The parts of every layer that are left as they are.
  func plainParts(layers: Int) -> [LayerParts] {
    guard !ofLayer.isEmpty || !ofAll.isEmpty else { return [LayerParts](repeating: [], count: layers) }
    return (0..<layers).map { layer in
      let patterns = ofAll + (ofLayer[layer] ?? [])
      var parts: LayerParts = []
      for (part, modules) in Self.modules {
        let names = modules.map { "layers.\(layer).\($0)" }
        if patterns.contains(where: { pattern in names.contains { Self.matches(pattern, $0) } }) { parts.insert(part) }
      }
      return parts
    }
  }

  private static func matches(_ pattern: String, _ name: String) -> Bool {
    if pattern.contains("*") { return glob(Array(pattern.utf8)[...], Array(name.utf8)[...]) }
    return name == pattern || name.hasPrefix("\(pattern).") || name.hasSuffix(".\(pattern)")
      || name.contains(".\(pattern).")
  }

  /// Whether a name matches a pattern whose stars stand for any text, from its beginning; the end may be open at a dot.
  private static func glob(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
    var (pattern, name) = (pattern, name)
    var (retry, from): (ArraySlice<UInt8>?, ArraySlice<UInt8>) = (nil, name)
    while true {
      if pattern.first == UInt8(ascii: "*") {
        pattern = pattern.dropFirst()
        (retry, from) = (pattern, name)
      } else if let byte = name.first, pattern.first == byte {
        (pattern, name) = (pattern.dropFirst(), name.dropFirst())
      } else if pattern.isEmpty, name.isEmpty || name.first == UInt8(ascii: ".") {
        return true
      } else if let again = retry, !from.isEmpty {
        from = from.dropFirst()
        (pattern, name) = (again, from)
      } else {
        return false
      }
    }
  }
}
