internal import Operators
internal import Quantities

extension BlockShapes {
  /// The matrices of a product, which a fused kernel reads as one.
  struct Matrices {
    /// Rows of every matrix, and columns of each: 0 for no such matrix.
    var inner: Double
    var columns: SIMD4<Double>
    /// How many devices share the rows of every matrix, and the columns of each.
    var innerDevices = 1.0
    var columnDevices: SIMD4<Double>
    /// How many such products are read, each row passing one of them (experts).
    var count = 1.0

    /// The ranks of factors: of the whole matrices, rounded, at least 1.
    func ranks(_ ratio: Double) -> SIMD4<Double> {
      let whole = pointwiseMin(SIMD4(repeating: inner * innerDevices), columns * columnDevices)
      let ranks = pointwiseMax((whole * ratio).rounded(.toNearestOrAwayFromZero), SIMD4(repeating: 1))
      return ranks.replacing(with: 0, where: columns .== 0)
    }
  }

  /// Adds a product of so many rows: as it is, in two factors, and with an adapter beside it.
  @inline(__always)
  func add(
    _ product: Operator, rows: Double, _ matrices: @autoclosure () -> Matrices, to list: inout OperatorList
  ) {
    guard let factors = block.factors, block.isDecoder else { return list.add(product) }
    add(product, rows: rows, matrices(), storedAs: factors, to: &list)
  }

  /// The same of a product that is not stored as one matrix.
  private func add(
    _ product: Operator, rows: Double, _ matrices: Matrices, storedAs factors: ProductFactors,
    to list: inout OperatorList
  ) {
    let (name, held) = (product.name, product.heldElements)
    let (input, output) = (product.moves.input, product.moves.output)
    if let ratio = factors.rankRatio {
      add(product, rows: rows, matrices, ranks: matrices.ranks(ratio), to: &list)
    } else {
      list.add(product)
    }
    guard factors.adapterRank > 0 else { return }
    addAdapter(
      name, rank: Double(factors.adapterRank), rows: rows, matrices, input: input, output: output, holding: held,
      to: &list)
  }

  /// A product as two of factors: [inner x ranks], all matrices beside each other, then each rank's [rank x columns] in
  /// one kernel. What is between them is the input of the second.
  private func add(
    _ product: Operator, rows: Double, _ matrices: Matrices, ranks: SIMD4<Double>,
    to list: inout OperatorList
  ) {
    let isQuantized = product.arithmetic == .quantizedProduct
    let (rank, columns, inner) = (ranks.sum(), matrices.columns.sum(), matrices.inner)
    let first = matrices.count * inner * rank
    let second = (ranks * matrices.columns).sum()
    var reduce = Operator(
      product.name.followed(by: "reduce"), flops: 2 * rows * inner * rank, arithmetic: product.arithmetic,
      kernel: .product(rows: rows, inner: inner, columns: rank), moving: product.moves.input,
      holding: product.heldElements)
    var expand = product
    expand.name = product.name.followed(by: "expand")
    expand.flops.value = 2 * rows * second
    expand.executedFLOPs = expand.flops
    expand.kernel = .product(rows: rows, inner: second / max(1, columns), columns: columns)
    (expand.moves.inputsRead, expand.moves.activationsRead) = isQuantized ? (rows * rank, 0) : (0, rows * rank)
    if isQuantized {
      let ofExperts = product.moves.expertWeights > 0
      reduce.moves.convert(first, ofExperts: ofExperts)
      reduce.moves.inputsWritten = rows * rank
      expand.moves.convert(matrices.count * second, ofExperts: ofExperts)
    } else {
      reduce.moves.weights = first
      reduce.moves.activationsWritten = rows * rank
      expand.moves.weights += matrices.count * (second - inner * columns)
    }
    list.add(reduce)
    list.add(expand)
  }

  /// An adapter in the base format: the product's input by [inner x rank] of every matrix, that by [rank x columns], added
  /// to what the product left where it lies.
  private func addAdapter(
    _ name: Operator.Name, rank: Double, rows: Double, _ matrices: Matrices, input: Moves, output: Moves,
    holding held: Double, to list: inout OperatorList
  ) {
    let count = matrices.columns.replacing(with: 1, where: matrices.columns .> 0).sum()
    let columns = matrices.columns.sum()
    var down = Operator(
      name.followed(by: "adapter_down"), flops: 2 * rows * matrices.inner * rank * count,
      kernel: .product(rows: rows, inner: matrices.inner, columns: rank * count), moving: input,
      holding: held + rows * columns)
    down.moves.weights = matrices.count * matrices.inner * rank * count
    down.moves.activationsWritten = rows * rank * count
    var up = Operator(
      name.followed(by: "adapter_up"), flops: 2 * rows * rank * columns,
      vectorFLOPs: VectorWork.add * rows * columns,
      kernel: .product(rows: rows, inner: rank, columns: columns), moving: output, holding: held)
    up.moves.weights = matrices.count * rank * columns
    up.moves.inputsRead = output.inputsWritten
    up.moves.activationsRead = output.activationsWritten + rows * rank * count
    up.moves.cacheRead = output.cacheWritten
    list.add(down)
    list.add(up)
  }
}

extension Moves {
  /// What it reads of activations and cache alone.
  fileprivate var input: Moves {
    var moves = Moves()
    (moves.inputsRead, moves.activationsRead, moves.cacheRead) = (inputsRead, activationsRead, cacheRead)
    return moves
  }

  /// What it writes alone.
  fileprivate var output: Moves {
    var moves = Moves()
    (moves.inputsWritten, moves.activationsWritten, moves.cacheWritten) = (
      inputsWritten, activationsWritten, cacheWritten
    )
    return moves
  }
}
