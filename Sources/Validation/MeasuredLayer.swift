internal import Architectures
internal import Operators

/// The kernels of a transformer layer, or of one device's share of it, without the attention core.
///
/// A layer of width w has products of w x (queries + keys + values), queries x w, w x f (2 f with a gate) and f x w, an
/// activation of f and a rotation of queries + keys, all of which tensor-parallel devices share evenly, and norms and
/// residual sums of w, which each of them computes whole.
struct MeasuredLayer {
  /// A kernel: its kind and its sizes but for the rows. Products have an `inner` width, others 0.
  struct Kernel: Hashable {
    var kind: MeasuredKind
    var inner = 0.0
    var columns: Double
  }

  /// How many devices share the layer.
  var devices: Int
  /// The products.
  var products: [Kernel]
  /// The other kernels, with how often each runs.
  var elementwise: [(kernel: Kernel, count: Double)]

  /// The layers and shares of layers that have the kernels of a series; none if they do not tell what a layer is.
  ///
  /// They tell it if all norms and sums have one width, all activations are of one kind, the rotations and activations
  /// were divided by the same numbers of devices, and just one width of queries leads to two products that are there.
  /// `isSideBySide` says whether attention and feed-forward block read one norm and are added in one kernel, as rows of
  /// phi-2 are; otherwise each has a norm and a sum of its own.
  static func all(of kernels: Set<Kernel>, isSideBySide: Bool) -> [MeasuredLayer] {
    func widths(_ kind: MeasuredKind) -> [Double] { kernels.filter { $0.kind == kind }.map(\.columns).sorted(by: >) }
    let gated = widths(.gatedActivation)
    let plain = widths(.activation)
    guard widths(.norm).count == 1, widths(.add) == widths(.norm), let width = widths(.norm).first,
      gated.isEmpty != plain.isEmpty, let inner = (gated + plain).first, let rotated = widths(.rope).first
    else { return [] }
    let shares = (gated + plain).map { inner / $0 }
    guard shares == widths(.rope).map({ rotated / $0 }), shares.allSatisfy({ $0 == $0.rounded() }) else { return [] }
    // Queries q and as many or fewer keys k: q + k are rotated, q + 2 k come out of the first product.
    let queries = Set(kernels.map(\.inner)).filter { queries in
      queries >= rotated / 2 && queries < rotated
        && kernels.contains(Kernel(kind: .matmul, inner: queries, columns: width))
        && kernels.contains(Kernel(kind: .matmul, inner: width, columns: 2 * rotated - queries))
    }
    guard queries.count == 1, let queries = queries.first else { return [] }
    return shares.map { share in
      // Heads of one element: only the widths of all of them together matter to these kernels.
      var block = TransformerBlock.decoder(
        width: Int(width), heads: Int(queries / share), kvHeads: Int((rotated - queries) / share), headWidth: 1,
        feedForward: Int(inner / share))
      block.gated = !gated.isEmpty
      if isSideBySide { block.arrangement = .parallel }
      return MeasuredLayer(block, devices: Int(share))
    }
  }

  /// The kernels of a block's layer but for attention itself, each as it is timed: a norm and the sums before it apart.
  private init(_ block: TransformerBlock, devices: Int) {
    self.devices = devices
    products = []
    elementwise = []
    for operation in block.layer(Pass([Pass.Group(newTokens: 1)]), kernels: .fused) {
      let moves = operation.moves
      switch operation.kernel {
      case .product(_, let inner, let columns):
        products.append(Kernel(kind: .matmul, inner: inner, columns: columns))
      case .normalization:
        elementwise.append((Kernel(kind: .norm, columns: Double(block.width)), 1))
        if moves.activationsWritten > 0 { elementwise.append((Kernel(kind: .add, columns: Double(block.width)), 1)) }
      case .rotation: elementwise.append((Kernel(kind: .rope, columns: moves.activationsRead), 1))
      case .gate: elementwise.append((Kernel(kind: .gatedActivation, columns: moves.inputsWritten), 1))
      case .activation: elementwise.append((Kernel(kind: .activation, columns: moves.inputsWritten), 1))
      case .attention, .cacheStep, .collective, .other: break
      }
    }
  }
}
