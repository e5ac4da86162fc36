extension SimulationResult {
  /// Seconds from the arrival of a request to its first token; NaN of one that has not ended.
  package func timeToFirstToken(of number: Int) -> Double { firsts[number] - arrivals[number] + requestSeconds }

  /// Seconds of each token after the first, in the mean; nil of a single token.
  package func timePerOutputToken(of number: Int) -> Double? {
    outputs[number] > 1 ? (lasts[number] - firsts[number]) / Double(outputs[number] - 1) : nil
  }

  /// Seconds from the arrival of a request to its last token; NaN of one that has not ended.
  package func endToEnd(of number: Int) -> Double { lasts[number] - arrivals[number] + requestSeconds }
}
