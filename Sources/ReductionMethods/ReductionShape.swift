public import Architectures

/// The sizes that decide what reducing the tokens of images costs.
public struct ReductionShape: Sendable, Hashable {
  /// Patches of one image, the class token not counted.
  public var patches: Int
  /// A layer of the encoder.
  package var block: TransformerBlock
  /// Whether a class token passes the encoder beside the patches.
  package var classToken: Bool
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
  /// Patches of the encoder that a merger made one of what counts as a patch here.
  package var merged = 1
  /// Width of the tokens, which behind a merger is not the encoder's.
  package var tokenWidth: Int

  /// Tokens of one image inside the encoder, its class token included where it has one.
  package var tokens: Int { patches + (classToken ? 1 : 0) }
  /// Width of the encoder.
  public var width: Int { block.width }

  /// The sizes of a reduction behind an encoder of `layers` layers.
  package init(
    patches: Int, block: TransformerBlock, classToken: Bool = true, kept: Int, count: Int, images: Int, layers: Int,
    billsLastLayer: Bool = true, kernels: Accounting.Kernels = .fused
  ) {
    self.patches = patches
    self.block = block
    tokenWidth = block.width
    self.classToken = classToken
    self.kept = kept
    self.count = count
    self.images = images
    self.layers = layers
    self.billsLastLayer = billsLastLayer
    self.kernels = kernels
  }
}
