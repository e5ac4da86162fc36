/// The sizes that decide what reducing the tokens of images costs.
public struct ReductionShape: Sendable, Hashable {
  /// Patches of one image, the class token not counted.
  public var patches: Int
  /// Width of the encoder.
  public var width: Int
  /// Tokens that were chosen.
  public var kept: Int
  /// Tokens that are left, merged ones included.
  public var count: Int
  /// Layers of the encoder.
  public var layers: Int
  /// Whether the encoder's last layer, whose keys are read, is to run for the reducer alone; else it runs anyway.
  public var billsLastLayer: Bool
  /// Images that are reduced, each on its own.
  public var images: Int

  /// The sizes of a reduction; without `layers`, those of CLIP ViT-L.
  public init(
    patches: Int, width: Int, kept: Int, count: Int, images: Int, layers: Int = 24, billsLastLayer: Bool = true
  ) {
    self.patches = patches
    self.width = width
    self.kept = kept
    self.count = count
    self.images = images
    self.layers = layers
    self.billsLastLayer = billsLastLayer
  }
}
