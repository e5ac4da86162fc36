internal import Architectures
internal import Documents
internal import Estimation
internal import Operators
public import Quantities

extension Question {
  /// The precisions of a model, each once, with every format of the cache: those that the question names, else the format
  /// of the model's checkpoint, else those of `names`. Without a model the names alone are looked at.
  func precisions(of model: MultimodalModel?, default names: [String]) throws(Diagnostic) -> [Precision] {
    let rules = rules
    // Rules that know no quantised parts have no checkpoints either.
    let checkpoint = rules.knowsEveryPass ? Self.checkpoint : nil
    let own = checkpoint == nil ? nil : model?.checkpoint?.precision
    let fallback = own == nil || model?.checkpoint?.isDefault == false ? names : [Self.checkpoint]
    var all: [Precision] = []
    for name in precisions.isEmpty ? fallback : precisions {
      let isOwn = name.spelling == checkpoint
      if isOwn, model == nil { continue }
      guard let precision = isOwn ? own : rules.precision(name) else {
        if isOwn, let model {
          throw Diagnostic("\(model.name) states no format of its checkpoint; name a precision")
        }
        let known = rules.precisionNames + [checkpoint].compactMap { $0 }
        throw Diagnostic("unknown precision \"\(name)\"; known are \(known.joined(separator: ", "))")
      }
      if !all.contains(precision) { all.append(precision) }
    }
    guard !cacheFormats.isEmpty else { return all }
    guard all.allSatisfy({ $0.cacheFormat != nil }) else {
      throw Diagnostic(
        "--kv-precision belongs to precisions that leave the cache open; these rules' own say its bits, as in "
          + "--precision w16a16kv8")
    }
    var formats: [NumberFormat] = []
    for name in cacheFormats {
      guard let format = Self.cacheFormats.first(where: { $0.rawValue == name.spelling }) else {
        let known = Self.cacheFormats.map(\.rawValue).joined(separator: ", ")
        throw Diagnostic("unknown format of the key-value cache \"\(name)\"; known are \(known)")
      }
      if !formats.contains(format) { formats.append(format) }
    }
    return all.flatMap { precision in formats.map { precision.caching(in: $0) } }
  }

  /// The name of the precision that a model's weights are stored in.
  private static let checkpoint = "checkpoint"

  /// Formats that engines keep caches in.
  public static let cacheFormats: [NumberFormat] = [.fp32, .fp16, .bf16, .fp8, .int8, .fp4, .int4]
}
