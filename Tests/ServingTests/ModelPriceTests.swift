import Architectures
import Catalog
import Estimation
import Operators
import Quantities
import Testing
import Traffic

@testable import Serving

@Suite("A single request")
struct ModelPriceTests {
  /// The prefill and the steps come from the price list, pass by pass; the scheduler must add nothing.
  @Test("takes the prefill until its first token and the mean of its n - 1 steps for each other")
  func singleRequest() throws {
    let model = try Catalog.standard.model("llama-3.1-8b")
    var prices = try PriceList(model, on: try Catalog.standard.hardware("h100-sxm"), at: .bf16)
    let traffic = RequestTraffic([ServedRequest(prompt: 616, output: 128)])
    var simulation = try Simulation(.one(), traffic, price: ModelPassPrice(prices))
    let figures = ServingFigures(try simulation.run())
    let prefill = try prices.price(Pass([Pass.Group(newTokens: 616)]), expecting: true).expectedSeconds?.value ?? 0
    var steps = 0.0
    for context in 616..<743 {
      steps +=
        try prices.price(Pass([Pass.Group(newTokens: 1, context: context)]), expecting: true).expectedSeconds?.value
        ?? 0
    }
    #expect(abs(figures.ttft.mean / prefill - 1) < 1e-9)
    #expect(abs(figures.tpot.mean / (steps / 127) - 1) < 1e-9)
  }
}
