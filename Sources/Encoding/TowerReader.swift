internal import Architectures
internal import Configurations
internal import Documents
internal import LinearAlgebra
internal import Operators
internal import Reduction
internal import Tensors

/// Reads the parts of a tower.
struct TowerReader {
  let files: TowerFiles
  let tower: TowerDescription
  /// Whether weights of products are rounded to BF16.
  let rounds: Bool

  private var width: Int { tower.encoder.block.width }

  func norm(
    _ name: String, _ kind: NormKind, _ count: Int, epsilon: Double? = nil
  ) throws(Diagnostic) -> VisionTower.Norm {
    let scale = try files.tensor("\(name).weight", [count])
    let shift = kind == .layer ? try files.tensor("\(name).bias", [count]) : nil
    return VisionTower.Norm(
      scale: scale.numbers(), shift: shift?.numbers(), epsilon: Float(epsilon ?? tower.epsilon),
      tensors: [scale] + (shift.map { [$0] } ?? []))
  }

  func linear(_ name: String, _ shape: [Int], bias: Bool = true) throws(Diagnostic) -> VisionTower.Linear {
    let vector = bias ? try files.tensor("\(name).bias", [shape[0]]) : nil
    let weight = try files.tensor("\(name).weight", shape)
    return VisionTower.Linear(
      weight: rounds ? weight.rounded() : weight, bias: vector, biasNumbers: vector?.numbers())
  }

  /// The product of patches: a convolution's kernel, over planes or, over rows of pixels, a matrix.
  func patches() throws(Diagnostic) -> VisionTower.Linear {
    let encoder = tower.encoder
    let (side, channels) = (encoder.patchSize, encoder.channels)
    let shape =
      switch tower.pixels {
      case .planes: [width, channels, side, side]
      case .patches: [width, channels, encoder.framesPerPatch, side, side]
      case .interleaved: [width, channels * side * side]
      }
    return try linear(tower.names.patches, shape, bias: encoder.patchBias)
  }

  private func scale(_ name: String?, in layer: String) throws(Diagnostic) -> VisionTower.Scale? {
    guard let name else { return nil }
    let tensor = try files.tensor(layer + name, [width])
    return VisionTower.Scale(numbers: tensor.numbers(), tensor: tensor)
  }

  func layer(_ index: Int) throws(Diagnostic) -> VisionTower.Layer {
    let (names, block) = (tower.names, tower.encoder.block)
    let parts = names.layer.split(separator: "#", omittingEmptySubsequences: false)
    let layer = parts.joined(separator: String(index))
    let normKind = block.norm
    let rows = 3 * width / names.projections.count
    let inner = (block.gated ? 2 : 1) * block.feedForward / names.inputs.count
    let first = try norm(layer + names.firstNorm, normKind, width)
    var projections: [VisionTower.Linear] = []
    for name in names.projections { projections.append(try linear(layer + name, [rows, width], bias: block.qkvBias)) }
    func normOfAll(_ name: String?) throws(Diagnostic) -> VisionTower.Norm? {
      guard let name else { return nil }
      return try norm(layer + name, .rms, width, epsilon: 1e-6)
    }
    let (queryNorm, keyNorm) = (try normOfAll(names.queryNorm), try normOfAll(names.keyNorm))
    let output = try linear(layer + names.output, [width, width])
    let firstScale = try scale(names.firstScale, in: layer)
    let second = try norm(layer + names.secondNorm, normKind, width)
    var inputs: [VisionTower.Linear] = []
    for name in names.inputs { inputs.append(try linear(layer + name, [inner, width])) }
    return VisionTower.Layer(
      firstNorm: first, projections: projections, queryNorm: queryNorm, keyNorm: keyNorm, output: output,
      firstScale: firstScale, secondNorm: second, inputs: inputs,
      down: try linear(layer + names.down, [width, block.feedForward]),
      secondScale: try scale(names.secondScale, in: layer))
  }

  /// What ends a row of the patches of several tiles; nil where the files hold the tower alone.
  func newline(for projector: VisionTower.Projector?) throws(Diagnostic) -> TowerTensor? {
    guard let name = tower.packing?.newline, let projector, files.holds(name) else { return nil }
    return try files.tensor(name, [projector.description.output])
  }

  /// Nil where the files hold the tower alone.
  func projector(_ part: TowerProjector) throws(Diagnostic) -> VisionTower.Projector? {
    guard !part.first.hasPrefix("/") || files.holds("\(part.first).weight") else { return nil }
    let cellWidth = width * part.cell * part.cell
    let hasBias = files.holds("\(part.first).bias")
    let norm = try part.norm.map { (norm) throws(Diagnostic) in
      try self.norm(norm.name, norm.kind, norm.isOfCells ? cellWidth : width, epsilon: norm.epsilon)
    }
    return VisionTower.Projector(
      description: part, norm: norm, first: try linear(part.first, [part.inner, cellWidth], bias: hasBias),
      second: try linear(part.second, [part.output, part.inner], bias: hasBias))
  }
}
