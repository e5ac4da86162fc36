package import Documents
internal import ReductionMethods

/// PruMerge+: PruMerge that also keeps patches spread evenly over the image.
///
/// The paper and code of PruMerge; see there.
package struct PruMergePlus: TokenReducer, Equatable {
  let settings: PruMergeSettings

  /// PruMerge+ that starts from as many patches as have outlying attention.
  ///
  /// As released, every third or so of their mean distance one more is kept, about four times as many in all; in the
  /// paper, as many again.
  package init(_ variant: PruMerge.Variant = .released) { settings = PruMergeSettings(variant: variant) }

  /// PruMerge+ that starts from the share `ratio` of the patches, above 0 and at most 1, and keeps as many again.
  ///
  /// - Throws: `Diagnostic` for any other ratio.
  package init(_ variant: PruMerge.Variant = .released, ratio: Double) throws(Diagnostic) {
    settings = try PruMergeSettings(variant: variant, ratio: ratio)
  }

  init(_ arguments: inout ReducerArguments) throws(Diagnostic) { settings = try PruMergeSettings(&arguments) }

  /// The specification that makes this reducer again.
  package var name: String { settings.specification("prumerge+") }

  /// The merged tokens: those with the most attention first, then the evenly spread ones in reading order.
  ///
  /// Where there are no outliers, the released code divides by zero; here one token for all patches remains, and a note
  /// says so.
  /// - Throws: `Diagnostic` for features so large that their products overflow.
  package func reduce(_ features: VisualFeatures) throws(Diagnostic) -> ReducedTokens {
    let attention = try settings.attention(features, for: name)
    let leading = settings.chosen(attention)
    let merging = try TokenMerging(features, attention: attention, variant: settings.variant)
    switch settings.variant {
    case .released:
      let chosen = leading + spread(beside: leading, share: settings.share(attention), patches: features.patches)
      let twice = chosen.count - Set(chosen).count
      let repeated =
        twice > 0 ? "\(twice) patch\(twice == 1 ? " is" : "es are") kept twice, as in the released code" : nil
      return try merging.tokens(
        chosen, rest: features.patches(without: chosen), note: settings.note(on: chosen, attention) ?? repeated)
    case .paper:
      let others = features.patches(without: leading)
      let even = evenly(min(leading.count, others.count), of: others)
      return try merging.tokens(
        leading, unmerged: even, rest: features.patches(without: leading + even),
        note: settings.note(on: leading, attention))
    }
  }

  /// The evenly spread patches as released.
  ///
  /// With s = int(1 / r) for the share r of patches chosen already: those at 0, t, 2t, ... for t = int(s / 3) that are
  /// not chosen yet; with a fixed ratio (the path for training) those at int(s / 2) and every s from there, even if
  /// chosen already. The last patch is never taken: the code ends at 575, one short of its 576 patches.
  private func spread(beside chosen: [Int], share: Double, patches: Int) -> [Int] {
    guard share > 0 else { return [] }
    // A step beyond the last patch does not differ from a larger one, which may be too large for an integer.
    let step = Int(min(1 / share, Double(2 * patches)))
    if settings.ratio != nil { return [Int](stride(from: step / 2, to: patches - 1, by: step)) }
    let isChosen = Set(chosen)
    return stride(from: 0, to: patches - 1, by: max(step / 3, 1)).filter { !isChosen.contains($0) }
  }

  /// The `count` of `patches` in the middle of as many equal parts: what the paper calls spatially uniform.
  private func evenly(_ count: Int, of patches: [Int]) -> [Int] {
    (0..<count).map { patches[(2 * $0 + 1) * patches.count / (2 * count)] }
  }
}

extension Reducers.Method {
  static let pruMergePlus = Self(
    name: "prumerge+", usage: "prumerge+[:paper,ratio=R,query=mean,bill=released]",
    summary: "PruMerge that also keeps patches spread evenly over the image",
    citation: pruMergePaper,
    within: { $0.evenlySpread }
  ) { (arguments) throws(Diagnostic) in try PruMergePlus(&arguments) }
}

extension TokenBudget {
  /// PruMerge+ of a fixed share: as many again are spread evenly, and one token is left for the rest.
  fileprivate var evenlySpread: String? {
    for leading in stride(from: tokens, to: 0, by: -1) {
      let step = Int(1 / share(leading))
      if leading + stride(from: step / 2, to: patches - 1, by: step).underestimatedCount + 1 <= tokens {
        return "prumerge+:ratio=\(share(leading))"
      }
    }
    return nil
  }
}
