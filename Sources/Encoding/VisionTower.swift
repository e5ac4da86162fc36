package import Architectures
package import Configurations
package import Documents
internal import Operators
internal import Reduction
internal import Tensors

/// The weights of CLIP's vision tower as far as features need them, checked and mapped into memory.
///
/// The last layer's attention and feed-forward block are not among them: PruMerge reads what enters that layer and its
/// projections of queries and keys. Any thread may read it.
package struct VisionTower: Sendable {
  /// A product with a bias.
  struct Linear: Sendable {
    let weight, bias: TowerTensor
    let biasNumbers: [Float]
  }

  /// The scale and shift of a norm.
  struct Norm: Sendable {
    let scale, shift: [Float]
    fileprivate let tensors: [TowerTensor]
  }

  /// What a layer begins with.
  struct Projections: Sendable {
    let norm: Norm
    let query, key: Linear
  }

  /// What follows in all layers but the last.
  struct Rest: Sendable {
    let value, output: Linear
    let norm: Norm
    let up, down: Linear
  }

  /// Where it was read from, as the user named it.
  package let folder: String
  /// Its sizes and the epsilon of its norms.
  package let configuration: ClipTower
  let patches, positions: TowerTensor
  let classToken: [Float]
  let preNorm: Norm
  /// One for each layer, and the rest of each but the last.
  let projections: [Projections]
  let rests: [Rest]
  private let others: [TowerTensor]

  /// The sizes of the tower.
  package var encoder: VisionEncoder { configuration.encoder }

  /// Reads `config.json` and the weights in a folder.
  ///
  /// Weights are `model.safetensors`, or several files that `model.safetensors.index.json` lists, in F32, F16 or BF16,
  /// whatever stands before the tower's own names of tensors.
  /// - Throws: `Diagnostic` if a file is missing or not sound, the model is no CLIP tower and has none, a tensor is
  ///   missing or of another shape than the configuration says, or the tower is too large to run.
  package init(folder: String) throws(Diagnostic) {
    let path = "\(folder)/config.json"
    guard Files.exists(path) else {
      throw Diagnostic(file: folder, "has no config.json; expected the folder of a Hugging Face model")
    }
    self.folder = folder
    InputFiles.addFolder(folder)
    configuration = try ClipTower(config: JSON.parse(Files.readText(path, limit: 1 << 24), file: path))
    let encoder = configuration.encoder
    try Self.checkWork(encoder, path)
    let files = try TowerFiles(folder: folder)
    let width = encoder.block.width
    patches = try files.tensor(
      "embeddings.patch_embedding.weight", [width, encoder.channels, encoder.patchSize, encoder.patchSize])
    positions = try files.tensor("embeddings.position_embedding.weight", [encoder.tokens, width])
    let classTensor = try files.tensor("embeddings.class_embedding", [width])
    classToken = classTensor.numbers()
    others = [patches, positions, classTensor]
    preNorm = try Self.norm("pre_layrnorm", width, files)
    var projections: [Projections] = []
    var rests: [Rest] = []
    for layer in 0..<encoder.layers {
      projections.append(try Self.projections(layer, encoder, files))
      if layer < encoder.layers - 1 { rests.append(try Self.rest(layer, encoder, files)) }
    }
    (self.projections, self.rests) = (projections, rests)
  }

  private static func norm(_ name: String, _ width: Int, _ files: TowerFiles) throws(Diagnostic) -> Norm {
    let (scale, shift) = (try files.tensor("\(name).weight", [width]), try files.tensor("\(name).bias", [width]))
    return Norm(scale: scale.numbers(), shift: shift.numbers(), tensors: [scale, shift])
  }

  private static func linear(
    _ name: String, from inner: Int, to columns: Int, _ files: TowerFiles
  ) throws(Diagnostic) -> Linear {
    let bias = try files.tensor("\(name).bias", [columns])
    return Linear(
      weight: try files.tensor("\(name).weight", [columns, inner]), bias: bias, biasNumbers: bias.numbers())
  }

  private static func projections(
    _ layer: Int, _ encoder: VisionEncoder, _ files: TowerFiles
  ) throws(Diagnostic) -> Projections {
    let (name, width) = ("encoder.layers.\(layer)", encoder.block.width)
    return Projections(
      norm: try norm("\(name).layer_norm1", width, files),
      query: try linear("\(name).self_attn.q_proj", from: width, to: width, files),
      key: try linear("\(name).self_attn.k_proj", from: width, to: width, files))
  }

  private static func rest(_ layer: Int, _ encoder: VisionEncoder, _ files: TowerFiles) throws(Diagnostic) -> Rest {
    let (name, width, inner) = ("encoder.layers.\(layer)", encoder.block.width, encoder.block.feedForward)
    return Rest(
      value: try linear("\(name).self_attn.v_proj", from: width, to: width, files),
      output: try linear("\(name).self_attn.out_proj", from: width, to: width, files),
      norm: try norm("\(name).layer_norm2", width, files),
      up: try linear("\(name).mlp.fc1", from: width, to: inner, files),
      down: try linear("\(name).mlp.fc2", from: inner, to: width, files))
  }

  /// The most numbers that the tokens of a layer may take: 4 GB of them.
  private static let sizeLimit = 1 << 30
  /// The most attention scores over all layers and heads: fifteen times those of CLIP-L at 336 pixels, a second or two
  /// of exponentials.
  private static let scoreLimit = 2e9

  /// Refuses towers whose weights are small enough to be in a file but whose tokens would fill any memory or take hours.
  private static func checkWork(_ encoder: VisionEncoder, _ path: String) throws(Diagnostic) {
    let widest = max(encoder.block.feedForward, 3 * encoder.block.width)
    let scores = Double(encoder.tokens) * Double(encoder.tokens) * Double(encoder.block.heads) * Double(encoder.layers)
    guard encoder.tokens <= sizeLimit / widest, scores <= scoreLimit, encoder.patches <= VisualFeatures.patchLimit
    else {
      throw Diagnostic(
        file: path,
        "\(encoder.tokens) tokens of up to \(widest) numbers in \(encoder.layers) layers are too many to run")
    }
  }

  /// An error that names the first weight that is NaN or infinite; nil if there is none.
  func brokenWeight() -> Diagnostic? {
    var all = others + preNorm.tensors
    for part in projections {
      all += part.norm.tensors + [part.query, part.key].flatMap { [$0.weight, $0.bias] }
    }
    for part in rests {
      all += part.norm.tensors + [part.value, part.output, part.up, part.down].flatMap { [$0.weight, $0.bias] }
    }
    for tensor in all {
      guard let (index, number) = tensor.firstNonFinite() else { continue }
      return Diagnostic(
        file: tensor.path,
        "the tensor \"\(tensor.name)\" holds \(number) in row \(index / tensor.columns), column "
          + "\(index % tensor.columns) (from 0); such weights say nothing of an image")
    }
    return nil
  }
}
