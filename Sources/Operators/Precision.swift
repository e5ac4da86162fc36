public import Quantities

/// In which formats a model is stored and computed.
///
/// Quantisation touches the matrix products of a language model's layers; what engines leave alone (embeddings,
/// norms, biases, the head, attention itself, the vision tower and the connector) stays in the unquantised format.
public struct Precision: Sendable, Hashable {
  /// The name on the command line and in reports, for example `int4`.
  public var name: String
  /// Bits of one weight of a quantised product, scales and zero points included.
  public var weightBits: Double
  /// Bits of one weight of experts that are stored in a format of their own; nil where they are as others.
  package var expertBits: Double?
  /// Bits of one element of the input of a quantised product.
  public var productInputBits: Double
  /// Bits of one weight that is never quantised.
  public var unquantizedWeightBits: Double
  /// Bits of one weight of the head.
  public var headBits: Double
  /// Bits of one element of every other activation.
  public var activationBits: Double
  /// Bits of one element of the key-value cache.
  public var cacheBits: Double
  /// The format of the key-value cache; nil where only its bits are known.
  public var cacheFormat: NumberFormat?
  /// Whether somebody asked for this cache, so that no engine keeps it in a format of its own.
  public var isCacheAsked = false
  /// The format in which quantised products are computed.
  public var productFormat: NumberFormat
  /// The format in which every other product is computed.
  public var format: NumberFormat
  /// Whether it is that of a checkpoint, in which the parts that the checkpoint does not convert are not quantised.
  public var isCheckpoint = false

  /// A precision with every part spelled out; see the properties.
  public init(
    name: String, weightBits: Double, productInputBits: Double, unquantizedWeightBits: Double, activationBits: Double,
    cacheBits: Double, productFormat: NumberFormat, format: NumberFormat
  ) {
    self.name = name
    self.weightBits = weightBits
    self.productInputBits = productInputBits
    self.unquantizedWeightBits = unquantizedWeightBits
    headBits = unquantizedWeightBits
    self.activationBits = activationBits
    self.cacheBits = cacheBits
    self.productFormat = productFormat
    self.format = format
  }

  /// Everything stored and computed in one format.
  public init(_ format: NumberFormat) {
    self.init(
      name: format.rawValue, weightBits: format.bits, productInputBits: format.bits,
      unquantizedWeightBits: format.bits, activationBits: format.bits, cacheBits: format.bits,
      productFormat: format, format: format)
    cacheFormat = format
  }

  /// The same with a key-value cache in another format; scales and zero points of it are not counted.
  public func caching(in format: NumberFormat) -> Precision {
    var copy = self
    copy.cacheFormat = format
    copy.cacheBits = format.bits
    copy.isCacheAsked = true
    return copy
  }

  /// Products with weights of `weightBits` and inputs in `input`, computed in `input`; all else in FP16.
  private init(_ name: String, weightBits: Double, input: NumberFormat, inputBits: Double? = nil) {
    self.init(.fp16)
    self.name = name
    self.weightBits = weightBits
    productInputBits = inputBits ?? input.bits
    productFormat = input
  }

  /// Everything in FP32.
  public static let fp32 = Precision(.fp32)
  /// Everything in FP16.
  public static let fp16 = Precision(.fp16)
  /// Everything in BF16.
  public static let bf16 = Precision(.bf16)
  /// W8A8 in FP8. The scale per tensor or channel is not counted: it is below 0.05 % of the weights.
  public static let fp8 = Precision("fp8", weightBits: 8, input: .fp8)
  /// W8A8 in INT8 (SmoothQuant). The scale per channel is not counted: it is below 0.05 % of the weights.
  public static let int8 = Precision("int8", weightBits: 8, input: .int8)
  /// Weight-only INT8, computed in FP16.
  public static let w8a16 = Precision("w8a16", weightBits: 8, input: .fp16)
  /// Weight-only INT4 (GPTQ, AWQ), computed in FP16.
  public static let int4 = Precision("int4", weightBits: groupedFourBits, input: .fp16)
  /// INT4 weights and INT4 product inputs, computed in INT4.
  public static let w4a4 = Precision("w4a4", weightBits: groupedFourBits, input: .int4)

  /// INT4 weights and INT8 product inputs, computed in INT8 (QServe).
  public static let w4a8 = Precision("w4a8", weightBits: groupedFourBits, input: .int8)
  /// FP8 with an FP32 scale for every block of 128 x 128 weights.
  public static let fp8Block = Precision("fp8block", weightBits: 8 + 32.0 / (128 * 128), input: .fp8)
  /// NVFP4 weights and product inputs, each with an FP8 scale for every 16, computed in FP4.
  public static let fp4 = Precision("fp4", weightBits: 4 + 8.0 / 16, input: .fp4, inputBits: 4 + 8.0 / 16)
  /// Weight-only MXFP4, a scale of 8 bits for every 32, computed in FP16.
  public static let mxfp4 = Precision("mxfp4", weightBits: 4 + 8.0 / 32, input: .fp16)

  /// 4 bits, and for every group of 128 weights one FP16 scale and one 4-bit zero point: 4.15625 bits.
  private static let groupedFourBits = 4 + (16.0 + 4.0) / 128

  /// The precisions of exact accounting, in the order in which they are listed.
  public static let all = [fp32, fp16, bf16, fp8, fp8Block, int8, w8a16, int4, w4a8, w4a4, fp4, mxfp4]

  /// The precision of the parts that are never quantised: the vision tower and the connector.
  public var unquantized: Precision {
    var precision = Precision(format)
    precision.cacheBits = cacheBits
    precision.cacheFormat = cacheFormat
    return precision
  }
}
