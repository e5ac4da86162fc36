package import Architectures
package import Configurations
package import Documents
internal import LinearAlgebra
internal import Operators
internal import Reduction
internal import Tensors

/// The weights of a vision tower, checked and mapped into memory. Any thread may read it.
package struct VisionTower: Sendable {
  /// A product, with a bias or without.
  struct Linear: Sendable {
    let weight: TowerTensor
    let bias: TowerTensor?
    let biasNumbers: [Float]?

    var tensors: [TowerTensor] { [weight] + (bias.map { [$0] } ?? []) }
  }

  /// A norm: around the mean with a shift, or of the mean square.
  struct Norm: Sendable {
    let scale: [Float]
    let shift: [Float]?
    let epsilon: Float
    let tensors: [TowerTensor]
  }

  /// What the channels of a part of a layer are multiplied by.
  struct Scale: Sendable {
    let numbers: [Float]
    let tensor: TowerTensor
  }

  /// A layer: attention, then a feed-forward block.
  struct Layer: Sendable {
    let firstNorm: Norm
    /// Rows of queries, keys and values, one below the other: in one product or three.
    let projections: [Linear]
    let queryNorm, keyNorm: Norm?
    let output: Linear
    let firstScale: Scale?
    let secondNorm: Norm
    /// Rows of the gate, where there is one, and up.
    let inputs: [Linear]
    let down: Linear
    let secondScale: Scale?

    var linears: [Linear] { projections + [output] + inputs + [down] }

    var tensors: [TowerTensor] {
      linears.flatMap(\.tensors) + [firstNorm, queryNorm, keyNorm, secondNorm].compactMap { $0 }.flatMap(\.tensors)
        + [firstScale, secondScale].compactMap { $0?.tensor }
    }
  }

  /// What makes the tokens of a language model.
  struct Projector: Sendable {
    let description: TowerProjector
    let norm: Norm?
    let first, second: Linear

    var tensors: [TowerTensor] { (norm?.tensors ?? []) + first.tensors + second.tensors }
  }

  /// Where it was read from, as the user named it.
  package let folder: String
  /// What it is made of.
  package let description: TowerDescription
  /// What the user should know of how it runs, if anything.
  package let note: String?
  /// Products of BF16 numbers, to which all factors are rounded; nil for FP32.
  let brainProducts: OneDNN?
  let patches: Linear
  let positions, classTensor: TowerTensor?
  let classToken: [Float]?
  let preNorm, postNorm: Norm?
  let layers: [Layer]
  let projector: Projector?
  let deepstack: [Projector]
  private let newlineTensor: TowerTensor?
  /// What ends a row of the patches of several tiles: [output of the projector]; nil where the files do not have it.
  let newline: [Float]?

  /// The sizes of the tower.
  package var encoder: VisionEncoder { description.encoder }

  /// Reads `config.json` and the weights in a folder.
  ///
  /// Weights are `model.safetensors`, or several files that `model.safetensors.index.json` lists, in F32, F16 or BF16,
  /// whatever stands before the tower's own names of tensors.
  /// - Parameter precision: in what products are computed where that can be; a note says where it cannot.
  /// - Throws: `Diagnostic` if a file is missing or not sound, the model has no tower that runs here, a tensor is missing or
  ///   of another shape than the configuration says, or the tower is too large to run.
  package init(folder: String, precision: EncoderPrecision = .f32) throws(Diagnostic) {
    let path = "\(folder)/config.json"
    guard Files.exists(path) else {
      throw Diagnostic(file: folder, "has no config.json; expected the folder of a Hugging Face model")
    }
    self.folder = folder
    (brainProducts, note) = Self.products(precision)
    InputFiles.addFolder(folder)
    description = try TowerDescription(config: JSON.parse(Files.readText(path, limit: 1 << 24), file: path))
    let encoder = description.encoder
    try description.checkWork(tokens: encoder.tokens, file: path)
    let reader = TowerReader(
      files: try TowerFiles(folder: folder, description), tower: description, rounds: brainProducts != nil)
    let (width, names) = (encoder.block.width, description.names)
    patches = try reader.patches()
    let (tower, rows) = (description, description.positionRows)
    positions = try names.positions.map { (name) throws(Diagnostic) in
      try reader.files.tensor(name, [rows, width])
    }
    classTensor = try names.classToken.map { (name) throws(Diagnostic) in try reader.files.tensor(name, [width]) }
    classToken = classTensor?.numbers()
    preNorm = try names.preNorm.map { (name) throws(Diagnostic) in try reader.norm(name, .layer, width) }
    var layers: [Layer] = []
    for layer in 0..<encoder.layers { layers.append(try reader.layer(layer)) }
    self.layers = layers
    postNorm = try names.postNorm.map { (name) throws(Diagnostic) in try reader.norm(name, .layer, width) }
    let projector = try tower.projector.flatMap { (part) throws(Diagnostic) in try reader.projector(part) }
    self.projector = projector
    var deepstack: [Projector] = []
    for part in tower.deepstack {
      if let projector = try reader.projector(part) { deepstack.append(projector) }
    }
    self.deepstack = deepstack
    newlineTensor = try reader.newline(for: projector)
    newline = newlineTensor?.numbers()
  }

  /// In what products are computed.
  package var precision: EncoderPrecision { brainProducts == nil ? .f32 : .bf16 }

  /// What computes products in a precision, or why nothing does.
  private static func products(_ precision: EncoderPrecision) -> (products: OneDNN?, note: String?) {
    guard precision == .bf16 else { return (nil, nil) }
    do throws(OneDNN.Absence) {
      return (try OneDNN(), nil)
    } catch { return (nil, "the encoder computes in F32: \(error.reason)") }
  }

  /// All products.
  var linears: [Linear] {
    [patches] + layers.flatMap(\.linears)
      + ([projector].compactMap { $0 } + deepstack).flatMap { [$0.first, $0.second] }
  }

  /// An error that names the first weight that is NaN or infinite; nil if there is none.
  func brokenWeight() -> Diagnostic? {
    var all = patches.tensors + [positions, classTensor].compactMap { $0 } + (preNorm?.tensors ?? [])
    all += layers.flatMap(\.tensors) + (postNorm?.tensors ?? [])
    all += (projector?.tensors ?? []) + deepstack.flatMap(\.tensors) + [newlineTensor].compactMap { $0 }
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

extension TowerDescription {
  /// The rows of the table of positions.
  var positionRows: Int { encoder.storedPositions ?? encoder.tokens }

  /// The most numbers that the tokens of a layer may take: 4 GB of them.
  private static let sizeLimit = 1 << 30
  /// The most attention scores over all layers and heads: 10,000 patches in 32 layers of 16 heads have 5.1e10.
  private static let scoreLimit = 6e10

  /// Refuses towers and pictures that are small enough to be in a file but whose tokens would fill any memory or take hours.
  func checkWork(tokens: Int, file: String) throws(Diagnostic) {
    let block = encoder.block
    let widest = max((block.gated ? 2 : 1) * block.feedForward, 3 * block.width, patchNumbers)
    let scores = Double(tokens) * Double(tokens) * Double(block.heads) * Double(encoder.layers)
    let patches = (tokens - leading) / (merged * merged)
    guard tokens <= Self.sizeLimit / widest, scores <= Self.scoreLimit, patches <= VisualFeatures.patchLimit else {
      throw Diagnostic(
        file: file,
        "\(tokens) tokens of up to \(widest) numbers in \(encoder.layers) layers are too many to run")
    }
  }
}
