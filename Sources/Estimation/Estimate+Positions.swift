internal import Architectures

extension Estimate {
  /// That the request has more tokens than the language model was made for, if it has.
  var positionNote: String? {
    guard let positions = model.language?.positions else { return nil }
    let tokens = promptTokens + workload.context + workload.outputTokens
    guard tokens > positions else { return nil }
    return
      "\(tokens) tokens in a sequence, \(model.name) was made for \(positions) positions: figures hold, answers may not"
  }
}
