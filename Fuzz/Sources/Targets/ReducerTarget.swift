import Architectures
import Documents
import Estimation
import Operators
import Quantities
import Reduction
import ReductionMethods

extension FuzzTarget {
  /// Specifications of reducers, of chains and of schedules; what is sound is priced, and what it is called makes it again.
  static let reducer = FuzzTarget(
    "reducer", longest: 256,
    words: Reducers.all.map(\.name) + Reducers.all.map(\.example) + [
      "ratio=", "keep=", "K=", "R=", ":paper", "/", ",", "=", ":", "1=576", "0=0", "31=1",
    ]
  ) { (bytes) throws(Diagnostic) in
    let chain = try ReducerChain(String(decoding: bytes, as: UTF8.self))
    let again = try ReducerChain(chain.name)
    precondition(again.name == chain.name)
    for model in Pricing.models {
      do throws(Diagnostic) {
        let input = try VisualInput.planned(by: chain, in: model, of: model.visualTokens ?? 0)
        precondition(input.tokens.initial >= 0)
        if let features = chain.features, let encoder = model.vision?.encoder {
          let shape = ReductionShape(
            patches: 576, block: encoder.block, kept: 40, count: 41, images: 1, layers: encoder.layers)
          precondition(features.operators(shape).allSatisfy { $0.flops.value >= 0 })
        }
        guard let device = Pricing.devices.first else { return }
        var estimator = try Estimator(model, on: device, at: .fp16)
        let estimate = try estimator.estimate(input, textTokens: 40, serving: Serving())
        precondition(estimate.expectedTotalSeconds.value >= 0)
      } catch {
        precondition(!"\(error)".isEmpty)
      }
    }
  }
}
