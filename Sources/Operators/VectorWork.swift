/// FLOPs per element of what is not a matrix product.
///
/// Every addition, multiplication, comparison, division, square root and elementary function (exp, erf, tanh) counts
/// as one, the convention of published roofline tools; the terms are listed so that they can be checked.
package enum VectorWork {
  /// Sum of two elements, or a bias.
  package static let add = 1.0
  /// Multiplication by a constant.
  package static let scale = 1.0
  /// Maximum, subtraction, exponential, sum, division.
  package static let softmax = 5.0
  /// Division, tanh, product: c tanh(x / c).
  package static let cap = 3.0
  /// Exponential, sum, division, sign.
  package static let sigmoid = 4.0
  /// Sum, two bounds, product: min(max(x + 3, 0), 6) / 6.
  package static let hardSigmoid = 4.0
  /// x times its hard sigmoid.
  package static let hardSwish = 5.0
  /// A rotated element is x cos + y sin: two products, one sum.
  package static let rotary = 3.0
}

/// How a layer normalises its input.
package enum NormKind: String, Sendable, Hashable, CaseIterable {
  /// Root mean square: x w / rms(x).
  case rms
  /// (x - mean) w / deviation + b.
  case layer
  /// (x - mean) w / deviation (Cohere).
  case layerWithoutBias = "layer_without_bias"
  /// x / rms(x), nothing learned (Llama 4's norm of queries and keys).
  case rmsWithoutWeight = "rms_without_weight"
  /// (x - mean) / deviation, nothing learned (OLMo).
  case layerWithoutWeight = "layer_without_weight"

  /// Whether the mean is subtracted.
  package var isCentred: Bool { self == .layer || self == .layerWithoutBias || self == .layerWithoutWeight }
  /// FLOPs per element. RMS: square, sum, two products. Layer: sum, subtraction, square, sum, two products, bias.
  package var flopsPerElement: Double {
    switch self {
    case .rms: 4
    case .layer: 7
    case .layerWithoutBias: 6
    case .rmsWithoutWeight: 3
    case .layerWithoutWeight: 5
    }
  }
  /// Parameters per channel: a weight and, for layer norm, a bias.
  package var parametersPerChannel: Double {
    switch self {
    case .rms, .layerWithoutBias: 1
    case .layer: 2
    case .rmsWithoutWeight, .layerWithoutWeight: 0
    }
  }
}

/// The non-linearity between the products of a feed-forward block.
package enum ActivationKind: String, Sendable, Hashable, CaseIterable {
  /// x / (1 + exp(-x)).
  case silu
  /// x / 2 (1 + erf(x / sqrt 2)).
  case gelu
  /// The tanh approximation of GELU.
  case geluTanh = "gelu_tanh"
  /// x / (1 + exp(-1.702 x)).
  case quickGELU = "quick_gelu"
  case relu
  /// max(x, 0)^2 (Nemotron).
  case squaredReLU = "squared_relu"

  /// FLOPs per element. SiLU: negation, exp, sum, division. GELU: product, erf, sum, two products. Tanh form: x^2,
  /// two products, sum, product, tanh, sum, two products. Quick GELU: product, exp, sum, division, sign.
  package var flopsPerElement: Double {
    switch self {
    case .silu: 4
    case .gelu, .quickGELU: 5
    case .geluTanh: 9
    case .relu: 1
    case .squaredReLU: 2
    }
  }
}
