import Architectures
import Catalog
import Estimation
import Operators
import Testing

@Suite("Many requests of one setting")
struct EstimatorTests {
  /// What an estimator remembers of requests before changes no figure: each is that of an estimator of its own. 60
  /// requests drawn with a generator of fixed seed, also some that cannot be estimated.
  @Test(arguments: ["llava-1.5-7b", "vicuna-7b", "mixtral-8x7b", "deepseek-v3"])
  func remembersNothingThatMatters(name: String) throws {
    let model = try Catalog.standard.model(name)
    let device = try Catalog.standard.hardware("h100-sxm")
    var estimator = try Estimator(model, on: device, at: .fp16)
    var state: UInt64 = 7
    func draw(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    for _ in 0..<60 {
      let input = VisualInput.tokens(draw(600))
      let (text, batch) = (draw(300), 1 + draw(16))
      let serving = Serving(context: draw(3) * 500, outputTokens: draw(3) * 20)
      let fresh = Result {
        try Estimate(
          model, on: device, precision: .fp16, visualInput: input, textTokens: text, batch: batch, serving: serving)
      }
      let reused = Result { try estimator.estimate(input, textTokens: text, batch: batch, serving: serving) }
      guard case .success(let one) = fresh, case .success(let other) = reused else {
        #expect((try? fresh.get()) == nil && (try? reused.get()) == nil)
        continue
      }
      #expect(one.footprint == other.footprint)
      #expect(one.stages.map(\.price) == other.stages.map(\.price))
      #expect(one.decode?.price == other.decode?.price)
      #expect(one.decode?.last.price == other.decode?.last.price)
      #expect(one.largestBatch == other.largestBatch)
      #expect(one.longestContext == other.longestContext)
    }
  }
}
