public import Architectures

/// The sizes that decide what reducing the tokens of images costs.
public struct ReductionShape: Sendable, Hashable {
  /// Patches of one image, the class token not counted.
  public var patches: Int
  /// A layer of the encoder.
  package var block: TransformerBlock
  /// Tokens that were chosen.
  public var kept: Int
  /// Tokens that are left, merged ones included.
  public var count: Int
  /// Layers of the encoder.
  public var layers: Int
  /// Whether the encoder's last layer, whose keys are read, is to run for the reducer alone; else it runs anyway.
  public var billsLastLayer: Bool
  /// How the encoder's layers run that run for the reducer alone.
  public var kernels: Accounting.Kernels
  /// Images that are reduced, each on its own.
  public var images: Int

  /// Width of the encoder.
  public var width: Int { block.width }

  /// The sizes of a reduction behind an encoder of `layers` layers.
  package init(
    patches: Int, block: TransformerBlock, kept: Int, count: Int, images: Int, layers: Int, billsLastLayer: Bool = true,
    kernels: Accounting.Kernels = .fused
  ) {
    self.patches = patches
    self.block = block
    self.kept = kept
    self.count = count
    self.images = images
    self.layers = layers
    self.billsLastLayer = billsLastLayer
    self.kernels = kernels
  }
}
