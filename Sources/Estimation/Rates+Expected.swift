internal import Operators
internal import Quantities

extension Rates {
  /// How long a real kernel takes for one occurrence of an operator that moves so many bytes, and the gap after it.
  ///
  /// Never less than the ideal time: attention and products by their formulas, other kernels, which the last-level cache
  /// makes faster than memory, because they are held to it.
  func expectedSeconds(
    _ operation: Operator, _ bytes: Double, ideal: SIMD4<Double>, _ launch: Launch, products: inout ProductMemory
  ) -> Double {
    let kernel: Double
    switch operation.kernel {
    case .product(let rows, let inner, let columns):
      kernel = products.seconds(rows: rows, inner: inner, columns: columns, bytes: bytes, operation.arithmetic) {
        kernelSeconds(operation, bytes, ideal)
      }
    case .attention, .cacheStep: kernel = kernelSeconds(operation, bytes, ideal)
    case .normalization, .gate, .activation, .rotation, .collective, .other:
      kernel = max(kernelSeconds(operation, bytes, ideal), ideal.max())
    }
    return kernel > 0 ? kernel + gap(after: operation, launch) : 0
  }

  /// The time of a kernel by the formulas alone; zero for what neither computes nor moves anything.
  func kernelSeconds(_ operation: Operator, _ bytes: Double, _ ideal: SIMD4<Double>) -> Double {
    if case .collective(let transfer) = operation.kernel { return collective(transfer) }
    guard operation.flops.value > 0 || operation.vectorFLOPs.value > 0 || bytes > 0 else { return 0 }
    switch operation.kernel {
    case .product(let rows, let inner, let columns):
      return product(operation, bytes, rows: max(1, rows), inner: max(1, inner), columns: max(1, columns))
    case .attention(let cut): return attention(operation, cut, bytes, ideal)
    case .cacheStep: return cacheTerms(operation, bytes, ideal).max()
    case .normalization, .gate, .activation, .rotation, .collective, .other:
      return operation.flops.value > 0 ? untiled(operation, bytes) : elementwise(operation, bytes)
    }
  }

  /// What passes after the kernels of an operator until the next one's begin.
  ///
  /// Times of single kernels, to which `Achieved` was fitted, are without it (but for aiconfigurator's, which replays a
  /// graph: where figures rest on those, half a microsecond of it is counted twice). On devices without multiprocessors
  /// the overhead of a call covers it, in collective operations their start.
  func gap(after operation: Operator, _ launch: Launch) -> Double {
    guard multiprocessors > 0 else { return 0 }
    let gap = launch == .stream ? streamGap : graphGap
    switch operation.kernel {
    case .collective: return 0
    case .attention(let cut): return gap * ((cut.streamedTokens < 1 ? 1 : 0) + (cut.streamedTokens > 0 ? 2 : 0))
    case .product, .cacheStep, .normalization, .gate, .activation, .rotation, .other: return gap
    }
  }
}
