import Architectures
import Catalog
import Documents
import Estimation
import Hardware
import Operators
import Testing

@testable import Validation

@Suite("Prices of whole prefills")
struct PrefillPricesTests {
  private let catalog = Catalog.standard

  private func prices(
    _ model: MultimodalModel, _ device: Accelerator, _ precision: Precision, _ sizes: [(batch: Int, tokens: Int)],
    _ kernels: Accounting.Kernels = .fused, tensor: Int = 1, limit: Int = 20
  ) throws -> [PrefillPrices.Price] {
    let parallelism = Parallelism(tensor: tensor)
    let setting = PrefillPrices.Setting(
      model: model.name, device: device.name, precision: precision.name, kernels: kernels, parallelism: parallelism)
    let run = try PrefillPrices.Run(model, device, precision, kernels, parallelism)
    var prices = PrefillPrices(passageLimit: limit)
    return try sizes.map { try prices.price(run, setting, batch: $0.batch, tokens: $0.tokens) }
  }

  @Test(
    "are the times of the estimate, of language models and vision towers",
    arguments: [
      ("llava-1.5-7b", 3, 100, Accounting.Kernels.fused, 1), ("llava-1.5-7b", 1, 7, .eager, 2),
      ("idefics-9b", 1, 100, .fused, 1),
      ("clip-vit-large-patch14-336", 2, 577, .fused, 1),
    ])
  func asEstimated(name: String, batch: Int, tokens: Int, kernels: Accounting.Kernels, tensor: Int) throws {
    let (model, device) = (try catalog.model(name), try catalog.hardware("h100-sxm"))
    for precision in [Precision.fp16, .int4] {
      let price = try #require(
        prices(model, device, precision, [(batch: batch, tokens: tokens)], kernels, tensor: tensor).first)
      // A picture of 336 pixels has 24 x 24 patches of 14.
      let estimate = try Estimate(
        model, on: device, precision: precision, visualInput: .tokens(model.language == nil ? 576 : 0),
        textTokens: tokens, batch: batch, accounting: .exact(kernels: kernels),
        serving: Serving(parallelism: Parallelism(tensor: tensor)))
      #expect(price.ideal == estimate.prefillSeconds && price.expected == estimate.expectedPrefillSeconds)
      #expect(price.isEstimated == (estimate.expectedBasis == .estimated))
    }
  }

  @Test("are of so many different prefills of vision towers, repeated ones counted once")
  func limit() throws {
    let (model, device) = (try catalog.model("clip-vit-large-patch14-336"), try catalog.hardware("a100"))
    func prices(_ batches: [Int], of model: MultimodalModel) throws -> [PrefillPrices.Price] {
      try self.prices(model, device, .fp16, batches.map { (batch: $0, tokens: 577) }, limit: 2)
    }
    #expect(try prices([1, 2, 1, 2, 2], of: model).count == 5)
    let error = #expect(throws: Diagnostic.self) { try prices([1, 2, 3], of: model) }
    #expect(error?.message == "more than 2 different prefills of vision encoders are not predicted")
    #expect(try prices([1, 2, 3], of: catalog.model("llama-2-7b")).count == 3)
  }
}
