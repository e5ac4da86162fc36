public import Architectures
package import Documents
internal import Operators
internal import Quantities

extension MultimodalModel {
  /// The architectures of Hugging Face configurations that are understood.
  public static var architectures: [String] {
    Families.languages.flatMap(\.architectures) + Families.visions.flatMap(\.architectures)
      + Families.multimodals.flatMap(\.architectures)
  }

  /// Whether a file looks like a Hugging Face configuration.
  package static func isConfig(_ node: Node) -> Bool {
    guard case .mapping(let entries) = node.content else { return false }
    return entries.contains { ["architectures", "model_type"].contains($0.key) }
  }

  /// Reads a Hugging Face `config.json`. Absent keys have the defaults of the class that reads them in transformers
  /// 5.23.0; which of those decide the size, the sources name.
  ///
  /// - Parameters:
  ///   - name: what to call the model.
  ///   - processor: the file of its image processor, `preprocessor_config.json`; without one the published limits hold.
  /// - Throws: `Diagnostic` for an unknown architecture, and with all values of a wrong type or out of range, or else what
  ///   does not fit together.
  package init(config node: Node, name: String, processor: Node? = nil) throws(Diagnostic) {
    var fields = try ConfigFields(node, "the configuration")
    fields.processorFile = processor
    let errors = ConfigErrors()
    fields.errors = errors
    do throws(Diagnostic) {
      try self.init(fields, name: name)
    } catch {
      _ = errors.compared { () throws(Diagnostic) in throw error }
      fields.readParts()
      try errors.check()
      throw error
    }
    try errors.check()
    let parts: [Part: [String]] = [.vision: ["vision_config"], .language: ["text_config", "llm_config"]]
    try check { part in parts[part, default: []].compactMap { fields[$0] }.first ?? node }
  }

  /// Reads what has been found out to be a mapping; errors may have been collected besides.
  private init(_ fields: ConfigFields, name: String) throws(Diagnostic) {
    let (label, place) = try Self.label(fields)
    if let audio = fields["audio_config"] ?? fields["thinker_config"] {
      throw audio.error(
        "\(place.summary) has an audio encoder, which is not understood; its language model alone goes by its text_config"
      )
    }
    func title(_ architecture: String) -> String { "\(name) (\(architecture))" }
    if let (architecture, read) = Families.languages.reader(of: label) {
      self.init(name: name, title: title(architecture), language: try read(fields))
      sources = [fields.source("language", architecture)]
    } else if let (architecture, read, head) = try label.headed(fields) {
      var language = try read(fields)
      language.tiedEmbeddings = false
      (language.outputs, language.headBias, language.capsLogits) = (head.columns, head.bias, false)
      language.scoresAllTokens = true
      self.init(name: name, title: title(architecture), language: language)
      sources = [fields.source("language", architecture)]
    } else if let (architecture, read) = Families.visions.reader(of: label) {
      self.init(name: name, title: title(architecture), vision: try read(fields))
      sources = [fields.source("vision", architecture)]
    } else if let (architecture, read) = Families.multimodals.reader(of: label) {
      self = try read(fields)
      if vision?.resolution != nil, fields.processorFile == nil {
        notes.append(
          "no preprocessor_config.json beside the configuration: images are scaled as published models do it")
      }
      (self.name, self.title) = (name, title(architecture))
    } else {
      throw label.unknown(at: place)
    }
    try readCheckpoint(fields)
  }

  /// Reads the format of the checkpoint, of the whole or of its language model, where one is stated.
  private mutating func readCheckpoint(_ fields: ConfigFields) throws(Diagnostic) {
    let key = "quantization_config"
    let text = try fields.part("text_config")
    guard let language, let node = fields[key] ?? text[key] else { return }
    var base = NumberFormat.bf16
    for type in [fields["torch_dtype"], fields["dtype"], text["torch_dtype"], text["dtype"]] {
      if case .scalar("float16", _)? = type?.content { base = .fp16 }
    }
    checkpoint = try Checkpoint(quantization: node, base: base, language: language)
    try checkpoint?.readExperts(fields, try ConfigFields(node, "\"\(key)\""))
  }

  /// What a configuration calls its model, by `architectures` or else `model_type`, and where it does.
  private static func label(_ fields: ConfigFields) throws(Diagnostic) -> (ArchitectureLabel, Node) {
    if let node = fields["architectures"] {
      guard let first = try node.items("\"architectures\"").first else {
        throw node.error("expected \"architectures\" to name one")
      }
      return (.architecture(try first.text("an architecture")), first)
    }
    guard let node = fields["model_type"] else {
      throw fields.node.error("the configuration names neither \"architectures\" nor a \"model_type\"")
    }
    return (.type(try node.text("\"model_type\"")), node)
  }
}

/// What a configuration calls its model.
private enum ArchitectureLabel {
  case architecture(String)
  case type(String)

  /// A language model without a head, or with one for classes or ends of answers: `Qwen3Model`, `Gemma3TextModel`,
  /// `LlamaForSequenceClassification`.
  func headed(
    _ fields: ConfigFields
  ) throws(Diagnostic) -> (String, LanguageFamily.Reader, head: (columns: Int, bias: Bool))? {
    guard case .architecture(let name) = self else { return nil }
    for (ending, columns, bias) in [
      ("ForSequenceClassification", nil, false), ("ForTokenClassification", nil, true),
      ("ForQuestionAnswering", 2, true), ("TextModel", 0, false), ("Model", 0, false),
    ] as [(String, Int?, Bool)] where name.hasSuffix(ending) {
      let base = name.dropLast(ending.count)
      let family = Families.languages.first { family in
        family.architectures.contains { $0 == "\(base)ForCausalLM" || $0 == "\(base)LMHeadModel" }
      }
      guard let family else { continue }
      return (name, family.read, (columns == nil ? try fields.classes() : columns ?? 0, bias))
    }
    return nil
  }

  /// What is said of one that no family has.
  func unknown(at place: Node) -> Diagnostic {
    switch self {
    case .architecture(let name):
      return place.error("unknown architecture \(place.summary); \(Self.hint(name, MultimodalModel.architectures))")
    case .type(let name):
      let types =
        Families.languages.flatMap(\.types) + Families.visions.flatMap(\.types) + Families.multimodals.flatMap(\.types)
      return place.error("unknown model type \(place.summary); \(Self.hint(name, types))")
    }
  }

  /// How many names are known, more than an error has room for, the nearest of them, and what else can be done.
  private static func hint(_ name: String, _ known: [String]) -> String {
    let near = nearest(to: name, among: known, limit: 1).first.map { ", the nearest is \($0)" } ?? ""
    return "\(known.count) are known\(near). A model file (YAML) describes any other; "
      + "Documentation/models-and-devices.md lists the known ones and shows how"
  }
}

extension Array {
  /// The family of a label: the architecture to show, and how it is read.
  fileprivate func reader<Part>(of label: ArchitectureLabel) -> (String, Family<Part>.Reader)?
  where Element == Family<Part> {
    switch label {
    case .architecture(let name):
      return first { $0.architectures.contains(name) }.map { (name, $0.read) }
    case .type(let name):
      return first { $0.types.contains(name) }.map { ($0.architecture, $0.read) }
    }
  }
}

extension ConfigFields {
  /// How many classes there are: as many as have names, or two.
  func classes() throws(Diagnostic) -> Int {
    if let names = self["id2label"] { return max(1, try names.entries("\"id2label\"").count) }
    return try integer("num_labels", in: 1...1_000_000, default: 2)
  }

  /// Where the figures of a part come from: the file, and the defaults of the class for the keys that it lacks.
  func source(_ part: String, _ architecture: String) -> MultimodalModel.Source {
    let defaults = assumed.isEmpty ? "" : "; defaults of transformers 5.23.0 for \(assumed.joined(separator: ", "))"
    let text = "\(node.position.file), \(architecture)\(defaults)"
    return MultimodalModel.Source(part: part, text: text, assumed: assumed)
  }
}
