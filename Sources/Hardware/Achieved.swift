package import Quantities

/// What kernels reach of a device's peaks and bandwidth, from which the expected time is made.
package struct Achieved: Sendable, Hashable {
  /// What one kind of kernel reaches.
  package struct Rate: Sendable, Hashable {
    /// The share of its part of the peak that one multiprocessor reaches in a tile, beside what filling the tile
    /// costs, above 0 to 1. Of element-wise kernels but norms the share of what an A40's multiprocessors stream
    /// (`streams` in a file).
    package var peak: Double
    /// The share of the bandwidth that long streams reach, above 0 to 1.
    package var bandwidth: Double
    /// The share of that peak which is left where all multiprocessors work at once and the power limit lowers their
    /// clock, above 0 to 1.
    package var sustained: Double
    /// The time that a kernel takes beyond that: its start, the first loads, the last stores.
    package var overhead: Seconds
    /// How rows of a product are divided, of CPUs whose library's way is known; nil of others.
    package var division: RowDivision?
    /// Where the figures come from; empty if they are those of the device's class.
    package var sources: [FigureSource]

    /// A rate from its figures; see the properties.
    package init(
      peak: Double = 1, bandwidth: Double, sustained: Double = 1, overhead: Seconds, sources: [FigureSource] = []
    ) {
      self.peak = peak
      self.bandwidth = bandwidth
      self.sustained = sustained
      self.overhead = overhead
      self.sources = sources
    }

    /// Whether nobody measured it on this device.
    package var isEstimated: Bool { sources.isEmpty }
  }

  /// Where a number of the device as a whole comes from.
  package struct Origin: Sendable, Hashable {
    /// The sources; empty if it could not be verified.
    package var sources: [FigureSource]
    /// What a reader should know about it.
    package var note: String?
  }

  /// The share of its peak that the device as a whole keeps where all multiprocessors work at once.
  package struct Sustained: Sendable, Hashable {
    /// Above 0 to 1; see `Rate.sustained`.
    package var share: Double
    /// Where it comes from.
    package var origin: Origin
  }

  /// Multiprocessors that work on tiles of one kernel at once; nil where work is cut too finely for it to matter.
  package var multiprocessors: Double?
  /// Where that number comes from; nil where it is typical of the device's class.
  package var multiprocessorsOrigin: Origin?
  /// What the device's file says of all products that nobody measured, if anything.
  package var sustained: Sustained?
  /// Matrix products by the format that computes them.
  package var products: [NumberFormat: Rate]
  /// Attention in one kernel.
  package var attention: Rate
  /// Norms, activations, rotations, sums: everything but products and attention.
  package var elementwise: Rate
  /// Kernels of engines that stream weights and caches.
  package var streams = Streams.typical(of: .other)

  /// The rate of products in `format`, or in the nearest one that is known: of the same width first, then wider.
  package func products(in format: NumberFormat) -> Rate {
    let order: [NumberFormat] =
      switch format {
      case .fp16: [.fp16, .bf16, .fp32]
      case .bf16: [.bf16, .fp16, .fp32]
      case .fp8, .fp4, .int4: [format, .fp8, .int8, .fp16, .bf16, .fp32]
      case .int8: [.int8, .fp8, .fp16, .bf16, .fp32]
      case .fp64, .fp32, .tf32: [format, .fp32, .tf32, .fp16, .bf16]
      }
    return order.lazy.compactMap { products[$0] }.first ?? elementwise
  }

  /// Whether no product was measured on this device, so that its class stands in for it.
  package var isEstimated: Bool { products.values.allSatisfy(\.isEstimated) }

  /// Whether products in `format` were not measured on this device, nor in the other format of 16 bits, which the same
  /// units compute.
  package func isEstimated(in format: NumberFormat) -> Bool {
    let same: [NumberFormat] = [.fp16, .bf16].contains(format) ? [.fp16, .bf16] : [format]
    return same.allSatisfy { products[$0]?.isEstimated ?? true }
  }
}
