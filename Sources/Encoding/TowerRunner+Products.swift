internal import Architectures
internal import Configurations
internal import CKernels
internal import Jobs
internal import LinearAlgebra
internal import Operators

/// A product of the tokens with weights, and what follows it at once.
struct Product {
  let linear: VisionTower.Linear
  let input: UnsafePointer<Float>
  let inputStride: Int
  let output: UnsafeMutablePointer<Float>
  let outputStride: Int
  /// Whether it is added to what is in the output.
  let adding: Bool
  /// What the sum of product and bias passes.
  let activation: ActivationKind?

  var weight: TowerTensor { linear.weight }

  init(
    _ linear: VisionTower.Linear, input: UnsafePointer<Float>, inputStride: Int, output: UnsafeMutablePointer<Float>,
    outputStride: Int, adding: Bool = false, activation: ActivationKind? = nil
  ) {
    (self.linear, self.input, self.inputStride) = (linear, input, inputStride)
    (self.output, self.outputStride, self.adding, self.activation) = (output, outputStride, adding, activation)
  }
}

extension TowerRunner {
  /// The most rows of weights that one piece of work takes.
  private static let columnLimit = 2048

  /// The numbers that the rows of weights of a piece of work take where they are not read in place.
  static func scratchCount(_ tower: VisionTower) -> Int {
    guard tower.brainProducts == nil else { return 0 }
    let copied = tower.linears.map(\.weight).filter { !$0.isDirect }
    return copied.map { min($0.rows, columnLimit) * $0.columns }.max() ?? 0
  }

  /// Pieces of the columns and rows of a product, about one for each thread.
  ///
  /// Every piece packs its part of both factors anew: few large ones are best, split by columns while they are wide.
  private func split(_ product: Product, among products: Int, rows: Int) -> (columns: Int, rows: Int) {
    let threads = workers.count
    let columns = product.weight.rows
    let wanted = max((columns + Self.columnLimit - 1) / Self.columnLimit, min(threads, max(1, columns / 256)))
    return (wanted, min(max(1, rows / 64), max(1, (threads + wanted - 1) / wanted)))
  }

  /// Computes products of one input that do not touch each other's output, of the first `rows` rows of it.
  func run(_ products: [Product], rows: Int) {
    if tower.brainProducts != nil, let product = products.first { round(product, rows: rows) }
    var pieces: [(product: Int, columns: Range<Int>, rows: Range<Int>)] = []
    for (index, product) in products.enumerated() {
      let parts = split(product, among: products.count == 1 ? 1 : 2, rows: rows)
      for columns in Self.parts(of: product.weight.rows, parts.columns) {
        for range in Self.parts(of: rows, parts.rows) { pieces.append((index, columns, range)) }
      }
    }
    workers.run(pieces.count) { piece, thread in
      let (index, columns, rows) = pieces[piece]
      compute(products[index], columns: columns, rows: rows, scratch: scratch[thread].start)
    }
  }

  /// `count` numbers in so many ranges, which begin at multiples of 16 where that is possible.
  static func parts(of count: Int, _ parts: Int) -> [Range<Int>] {
    let size = max(1, (count + parts - 1) / parts)
    let step = size > 16 ? (size + 15) / 16 * 16 : size
    return stride(from: 0, to: count, by: step).map { $0..<min($0 + step, count) }
  }

  /// Rounds the input of a product to BF16, one row behind the other.
  private func round(_ product: Product, rows: Int) {
    let inner = product.weight.columns
    // Two of them take the place of one number.
    let count = (rows * inner + 1) / 2
    if rounded.count < count { rounded = Buffer(uninitialized: count) }
    let output = UnsafeMutableRawPointer(rounded.start)
    let parts = Self.parts(of: rows, workers.count)
    workers.run(parts.count) { part, _ in
      for row in parts[part] {
        kernels_narrow_brain(product.input + row * product.inputStride, output + 2 * row * inner, inner)
      }
    }
  }

  private func compute(
    _ product: Product, columns: Range<Int>, rows: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) {
    let output = product.output + rows.lowerBound * product.outputStride + columns.lowerBound
    let inner = product.weight.columns
    if let brain = tower.brainProducts {
      let input = UnsafeRawPointer(rounded.start).assumingMemoryBound(to: UInt16.self) + rows.lowerBound * inner
      product.weight.withRoundedRows(columns) { weights in
        let isDone = brain.productTransposed(
          rows: rows.count, inner: inner, columns: columns.count, input, weights, adding: product.adding, into: output,
          stride: product.outputStride)
        // No number at all is better than a wrong one: the result is refused.
        if !isDone { output[0] = .nan }
      }
    } else {
      product.weight.withRows(columns, scratch: scratch) { weights in
        blas.productTransposed(
          .init(rows: rows.count, inner: inner, columns: columns.count),
          .init(product.input + rows.lowerBound * product.inputStride, stride: product.inputStride),
          .init(weights, stride: inner), adding: product.adding, into: output, stride: product.outputStride)
      }
    }
    product.linear.biasNumbers?.withUnsafeBufferPointer { bias in
      guard let bias = bias.baseAddress.map({ $0 + columns.lowerBound }) else { return }
      for row in 0..<rows.count {
        let start = output + row * product.outputStride
        if let kind = product.activation?.kernel {
          kernels_activate(kind, start, bias, columns.count)
        } else {
          kernels_add(start, bias, columns.count)
        }
      }
    }
  }

  /// Writes the norm of every token; to the stream itself, or elsewhere.
  func normalize(_ norm: VisionTower.Norm, to output: UnsafeMutablePointer<Float>) {
    normalize(norm, stream.start, rows: tokens, width: width, to: output)
  }

  /// Writes the norm of rows, which begin every `stride` numbers, by default `width`, to rows like them.
  func normalize(
    _ norm: VisionTower.Norm, _ input: UnsafePointer<Float>, rows: Int, width: Int, stride: Int? = nil,
    to output: UnsafeMutablePointer<Float>
  ) {
    let (stride, epsilon) = (stride ?? width, norm.epsilon)
    let parts = Self.parts(of: rows, workers.count)
    let shift = norm.shift ?? []
    workers.run(parts.count) { part, _ in
      norm.scale.withUnsafeBufferPointer { scale in
        shift.withUnsafeBufferPointer { shift in
          guard let scale = scale.baseAddress else { return }
          for row in parts[part] {
            let (from, to) = (input + row * stride, output + row * stride)
            if shift.isEmpty {
              kernels_normalize_rms(from, scale, epsilon, to, width)
            } else if let shift = shift.baseAddress {
              kernels_normalize(from, scale, shift, epsilon, to, width)
            }
          }
        }
      }
    }
  }
}

extension ActivationKind {
  /// The same for the kernels.
  var kernel: kernels_activation {
    switch self {
    case .silu: kernels_silu
    case .gelu: kernels_gelu
    case .geluTanh: kernels_gelu_tanh
    case .quickGELU: kernels_quick_gelu
    case .relu: kernels_relu
    case .squaredReLU: kernels_squared_relu
    }
  }
}
