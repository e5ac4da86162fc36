internal import CKernels

extension Matrix {
  /// How numbers of half the width are stored.
  package enum Halves: Sendable {
    /// IEEE 754's half precision.
    case half
    /// bfloat16.
    case brain
  }

  /// Numbers of half the width, row by row from `start` on, made single; `start` may be any address.
  package init(rows: Int, columns: Int, widening start: UnsafeRawPointer, _ format: Halves) {
    self.init(rows: rows, columns: columns) { output in
      switch format {
      case .half: kernels_widen_half(start, output, rows * columns)
      case .brain: kernels_widen_brain(start, output, rows * columns)
      }
    }
  }
}
