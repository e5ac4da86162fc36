internal import Architectures
internal import Documents
internal import Operators

/// The keys of one part of a model file, in front of those of the models that it refers to (`model: vicuna-7b`).
///
/// A reference leads to the same part of another model file. Where that is a Hugging Face configuration, or a file with
/// one, there are no keys to look at but a model that was read, `configured`: few of its figures can be replaced.
struct PartFields: KeyedFields {
  static let visionKeys = [
    "image_size", "patch_size", "channels", "layers_used", "pre_norm", "post_norm", "patch_bias", "norm_all_tokens",
    "class_token", "keep_class_token", "class_token_only", "positions", "learned_positions", "frames_per_patch",
    "pooling_head", "windows",
    "pixels",
  ]
  static let blockKeys = ["model", "layers", "width", "heads", "head_width", "feed_forward", "activation"]
  /// More references than this in a row are taken for a circle.
  private static let depth = 8

  /// Errors of the part, which are told together.
  let findings = Findings()
  private let part: String
  private let own: Fields
  /// The part itself.
  let node: Node
  /// The same part of the models that are referred to.
  private let referred: [Fields]
  /// The model at the end of the references, where it comes from a configuration.
  let configured: MultimodalModel?

  /// The part `node` of a model file; `path` leads to it in every other, as `["connector", "query_former"]` does.
  init(
    _ path: [String], _ node: Node, resolve: (_ name: String, _ at: Node) throws(Diagnostic) -> Node
  ) throws(Diagnostic) {
    let part = path.joined(separator: " ").replacing("_", with: " ")
    self.part = part
    self.node = node
    own = try Fields(
      node, "the \(part) part", known: nil, findings)
    var referred: [Fields] = []
    var configured: MultimodalModel?
    var next = own["model"]
    while let reference = next {
      guard referred.count < Self.depth else {
        throw reference.error("models refer to each other in a circle or too deeply")
      }
      let name = try reference.text("the referenced model")
      let root = try resolve(name, reference)
      if let model = try Self.configured(root, name) {
        configured = model
        break
      }
      var target = root
      for key in path {
        guard let inner = try Self.fields(target, "the model file")[key] else {
          throw reference.error("the model \"\(name)\" has no \"\(part)\" part of its own to refer to")
        }
        target = inner
      }
      let fields = try Self.fields(target, "the \(part) part")
      referred.append(fields)
      next = fields["model"]
    }
    self.referred = referred
    self.configured = configured
  }

  private static func fields(_ node: Node, _ what: String) throws(Diagnostic) -> Fields {
    try Fields(node, what, known: nil)
  }

  /// The model that a file describes by a configuration: it is one, or has one in place of parts.
  private static func configured(_ root: Node, _ name: String) throws(Diagnostic) -> MultimodalModel? {
    if MultimodalModel.isConfig(root) { return try MultimodalModel(config: root, name: name) }
    guard let config = try root.entries("the model file").first(where: { $0.key == "config" }) else { return nil }
    return try MultimodalModel(config: config.value, name: name)
  }

  /// Refuses keys that the part does not have, here and in every model that is referred to.
  func check(known: [String]) throws(Diagnostic) {
    for node in [node] + referred.map(\.node) { _ = try Fields(node, "the \(part) part", known: known, findings) }
  }

  /// Refuses keys that cannot replace a figure of a configuration, here and in every model that is referred to.
  func check(replaceable: [String]) throws(Diagnostic) {
    for node in [node] + referred.map(\.node) {
      for entry in try node.entries("the \(part) part") where !(["model"] + replaceable).contains(entry.key) {
        findings.add(
          Diagnostic(
            entry.keyPosition,
            "\"\(entry.key.prefix(40))\" cannot be replaced where the part comes from a Hugging Face configuration; only "
              + replaceable.joined(separator: ", ") + " can"))
      }
    }
  }

  subscript(key: String) -> Node? {
    own[key] ?? referred.lazy.compactMap { $0[key] }.first
  }

  func required(_ key: String) throws(Diagnostic) -> Node {
    guard let value = self[key] else { return try own.required(key) }
    return value
  }

  /// The kind of activation, which must be there.
  func activation() -> ActivationKind {
    findings.attempt(try required("activation").choice("the activation"), or: .relu)
  }

  /// The width of a head: stated, or the model's width divided by its heads.
  func headWidth(width: Int, heads: Int) throws(Diagnostic) -> Int {
    if let node = self["head_width"] { return try node.integer("\"head_width\"", in: Limit.headWidth) }
    guard width % heads == 0 else {
      throw try required("heads").error("\(heads) heads do not divide the width \(width); state \"head_width\"")
    }
    return width / heads
  }
}

extension Node {
  /// Refuses heads that do not divide a width, where nothing can state another width of a head.
  func check(heads: Int, divide width: Int) throws(Diagnostic) {
    guard width % heads == 0 else { throw error("\(heads) heads do not divide the width \(width)") }
  }
}
