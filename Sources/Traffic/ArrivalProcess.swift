internal import Quantities
public import Documents

/// When requests arrive, at a mean rate.
public enum ArrivalProcess: Sendable, Hashable {
  /// Independent of one another.
  case poisson
  /// Gaps of a gamma distribution with this coefficient of variation: above 1 in bursts, below 1 evenly.
  case gamma(variation: Double)
  /// At equal gaps.
  case constant
  /// So many at once, and these bursts independent of one another.
  case bursts(size: Int)

  /// Reads `poisson`, `gamma:cv=2`, `constant` or `bursts:size=8`.
  ///
  /// - Throws: `Diagnostic` for anything else.
  public init(_ text: String) throws(Diagnostic) {
    var terms = try Terms(text, "--arrivals")
    switch terms.name {
    case "poisson": self = .poisson
    case "constant": self = .constant
    case "gamma": self = .gamma(variation: try terms.number("cv", in: 0.001...1000))
    case "bursts":
      let size = try terms.number("size", in: 1...1e6)
      guard size == size.rounded() else { throw Diagnostic("expected a whole size of bursts, found \(size)") }
      self = .bursts(size: Int(size))
    default:
      throw Diagnostic(
        "expected --arrivals poisson, gamma:cv=2, constant or bursts:size=8, found \"\(text)\"")
    }
    try terms.finish()
  }

  /// The process as `init` reads it.
  public var text: String {
    switch self {
    case .poisson: "poisson"
    case .gamma(let variation): "gamma:cv=\(variation.shortest)"
    case .constant: "constant"
    case .bursts(let size): "bursts:size=\(size)"
    }
  }

  /// The gap before request `number`, from 0, at so many requests a second.
  func gap(before number: Int, rate: Double, _ draws: inout Draws) -> Double {
    switch self {
    case .poisson: return draws.exponential() / rate
    case .gamma(let variation):
      let shape = 1 / (variation * variation)
      return draws.gamma(shape: shape) / (shape * rate)
    case .constant: return 1 / rate
    case .bursts(let size): return number % size == 0 ? draws.exponential() * Double(size) / rate : 0
    }
  }
}
