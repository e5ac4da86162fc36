extension Pass {
  /// Passes that follow each other, every one over contexts that the one before has made longer: a request's decoding.
  public struct Series: Sendable, Hashable {
    /// The first pass.
    public var first: Pass
    /// How many there are.
    public var count: Int

    /// More passes of many new tokens are refused, as each is priced; those of decoding are summed up at once.
    public static let limit = 65_536

    /// `count` passes, of which `first` is the first.
    public init(_ first: Pass, count: Int) { (self.first, self.count) = (first, count) }

    /// The last pass; the first one where there is none.
    public var last: Pass { first.advanced(by: max(0, count - 1)) }
  }
}

extension LanguageModel {
  /// The passes, counted from 0, before which something may bend, with 0 and the number of passes at the ends: a window
  /// fills, or a chunk begins.
  package func bends(of series: Pass.Series) -> [Int] {
    var cuts: Set<Int> = [0, series.count]
    func cut(before pass: Int) { if pass > 0, pass < series.count { cuts.insert(pass) } }
    for stretch in series.first.stretches(layers: layers) {
      for group in stretch.groups {
        for run in stack.parts.attentions {
          if run.block.isChunked, let chunk = run.block.window {
            // Before and after the pass that begins a chunk.
            var next = chunk - group.context % chunk
            while next / group.newTokens < series.count {
              cut(before: (next + group.newTokens - 1) / group.newTokens)
              cut(before: next / group.newTokens)
              next += chunk
            }
          } else {
            for window in run.block.reaches {
              // From here on its last token, and from there on its first token, sees a full window.
              let room = window - group.context - group.newTokens
              cut(before: room < 0 ? 0 : room / group.newTokens + 1)
              let rest = window - 1 - group.context
              cut(before: rest <= 0 ? 0 : (rest + group.newTokens - 1) / group.newTokens)
            }
          }
        }
      }
    }
    return cuts.sorted()
  }
}
