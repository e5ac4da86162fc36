/// A feed-forward block of many gated experts, of which a router picks some for every token.
package struct MixtureOfExperts: Sendable, Hashable {
  /// Experts that the router picks from.
  package var count: Int
  /// Experts that each token passes.
  package var perToken: Int
  /// Inner width of one expert.
  package var feedForward: Int
  /// Inner width of the experts that every token passes besides, in sum; 0 for none.
  package var sharedWidth: Int
  /// Whether the shared experts' result is weighted by a gate of its own (Qwen2-MoE).
  package var sharedGate: Bool

  /// Whether the router's scores have a bias (gpt-oss).
  package var routerBias = false
  /// Whether the products of every expert have biases (gpt-oss).
  package var expertBias = false
  /// Elements of the latent that the routed experts work on; nil for the width of the residual stream (Nemotron-H).
  package var latentWidth: Int?
  /// Whether a plain feed-forward block works beside the experts, both between norms of their own (Gemma 4).
  package var besideDense = false

  /// Experts that one device holds: all, or its share where several do.
  package var resident: Int

  /// A mixture of `count` experts; `perToken` of them work on a token.
  package init(count: Int, perToken: Int, feedForward: Int, sharedWidth: Int = 0, sharedGate: Bool = false) {
    self.count = count
    resident = count
    self.perToken = perToken
    self.feedForward = feedForward
    self.sharedWidth = sharedWidth
    self.sharedGate = sharedGate
  }

  /// The expected number of distinct experts that `tokens` tokens hit: E (1 - (1 - k / E)^n); of one device's share
  /// m (1 - (1 - k / E)^n).
  ///
  /// Assumes that every token picks its k experts uniformly and independently of the others; a router that favours
  /// some experts hits fewer. It decides how many weights are read: few tokens leave most experts untouched.
  package func expectedDistinct(tokens: Double) -> Double {
    let missed = 1 - Double(perToken) / Double(count)
    return Double(resident) * (1 - power(missed, tokens))
  }

  /// The expected number of other devices, of those that share the experts, that have one of a token's experts: of each
  /// the share 1 - C(E - m, k) / C(E, k), for k different ones of E experts of which a device holds m.
  func expectedOtherDevices(of devices: Int) -> Double {
    var missed = 1.0
    for picked in 0..<perToken {
      missed *= max(0, Double(count - resident - picked)) / Double(max(1, count - picked))
    }
    return Double(devices - 1) * (1 - missed)
  }

  /// `base` to the power of a whole number, by repeated squaring.
  private func power(_ base: Double, _ exponent: Double) -> Double {
    var result = 1.0
    var factor = base
    var rest = UInt64(min(exponent, 1e18))
    while rest > 0, result > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}
