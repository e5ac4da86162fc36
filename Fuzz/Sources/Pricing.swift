import Architectures
import Catalog
import Documents
import Engines
import Estimation
import Hardware
import Operators
import Quantities

/// Prices what a fuzzed file describes.
enum Pricing {
  static let models = ["llava-1.5-7b", "mixtral-8x7b", "qwen2-vl-7b", "clip-vit-large-patch14-336"].compactMap {
    try? Catalog.standard.model($0)
  }
  static let devices = ["v100", "h100-sxm"].compactMap { try? Catalog.standard.hardware($0) }

  private static let engine = try? Catalog.standard.engine("vllm")

  /// The figures of a fuzzed model on one device and on two, of images of its own size and of a given one.
  static func price(_ model: MultimodalModel) throws(Diagnostic) {
    for device in devices { try price(model, on: device) }
    if let engine, let device = devices.last {
      let spread = [Parallelism(tensor: 2), Parallelism(pipeline: 2), Parallelism(expert: 2)]
      for parallelism in [Parallelism()] + spread {
        // Not every model can be spread so.
        try? price(model, on: device, at: model.checkpoint?.precision ?? .int4, by: engine, over: parallelism)
      }
    }
    guard model.vision?.resolution != nil, let device = devices.first else { return }
    try price(try model.reading(images: ImageSize(width: 640, height: 480)), on: device)
  }

  /// The figures of a catalog's models on a fuzzed device.
  static func price(on device: Accelerator) throws(Diagnostic) {
    for model in models { try price(model, on: device) }
  }

  /// The figures of a catalog's models under a fuzzed engine.
  static func price(by engine: Engine) throws(Diagnostic) {
    for (model, device) in zip(models, devices) { try price(model, on: device, by: engine) }
  }

  /// A prefill and two steps: times are numbers, not negative, and limits are found.
  private static func price(
    _ model: MultimodalModel, on device: Accelerator, at precision: Precision = .fp16, by engine: Engine = .none,
    over parallelism: Parallelism = Parallelism()
  ) throws(Diagnostic) {
    var estimator = try Estimator(
      model, on: device, at: precision, accounting: .exact(), parallelism: parallelism, engine: engine)
    let estimate = try estimator.estimate(
      .tokens(model.visualTokens ?? 0), textTokens: 40, batch: 2,
      serving: Serving(outputTokens: model.language == nil ? 0 : 3, parallelism: parallelism))
    precondition(estimate.totalSeconds.value >= 0)
    precondition(estimate.expectedTotalSeconds.value >= 0)
    precondition(estimate.footprint.total.value >= 0)
    _ = (estimate.largestBatch, estimate.longestContext)
  }
}
