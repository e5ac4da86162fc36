internal import Documents

/// What PruMerge and PruMerge+ can be told: which variant, and how many patches to choose.
struct PruMergeSettings: Sendable, Equatable {
  /// As released, or as the paper describes it.
  let variant: PruMerge.Variant
  /// The share of the patches that is chosen, above 0 and at most 1; nil to choose those with outlying attention.
  let ratio: Double?
  /// Whether the mean of all queries asks in place of the class token's, which is outside the paper.
  private(set) var asksByMean = false
  /// Whose work is billed.
  private(set) var bill = Bill.own

  /// Settings without a fixed share.
  init(variant: PruMerge.Variant) {
    self.variant = variant
    ratio = nil
  }

  /// - Throws: `Diagnostic` if `ratio` is not above 0 and at most 1.
  init(variant: PruMerge.Variant, ratio: Double) throws(Diagnostic) {
    guard ratio > 0, ratio <= 1 else {
      throw Diagnostic("a ratio of \(ratio) of the tokens; expected a number above 0 and at most 1, such as 0.125")
    }
    self.variant = variant
    self.ratio = ratio
  }

  /// Reads the arguments of a specification: `paper`, `ratio=R`, `query=mean` and `bill=released`.
  init(_ arguments: inout ReducerArguments) throws(Diagnostic) {
    let variant: PruMerge.Variant = arguments.takeWord("paper") ? .paper : .released
    if let ratio = try arguments.takeNumber("ratio") {
      try self.init(variant: variant, ratio: ratio)
    } else {
      self.init(variant: variant)
    }
    if let query = arguments.takeValue("query") {
      guard query == "mean" else { throw arguments.error("gives \"\(query)\" as its query; expected query=mean") }
      asksByMean = true
    }
    bill = try arguments.takeBill()
  }

  /// The specification of the reducer called `name` with these settings.
  func specification(_ name: String) -> String {
    let arguments = [
      variant == .paper ? "paper" : nil, ratio.map { "ratio=\($0)" }, asksByMean ? "query=mean" : nil,
      bill == .released ? "bill=released" : nil,
    ].compactMap { $0 }
    return arguments.isEmpty ? name : "\(name):\(arguments.joined(separator: ","))"
  }

  /// What to say where the mean of all queries asks.
  private static let meanNote = "the mean of all queries asks in place of a class token's, which is outside the paper"

  /// How much attention each patch of the features gets by what asks, for the reducer called `name`.
  ///
  /// - Throws: `Diagnostic` where a class token is to ask and there is none, or the other way round.
  func attention(_ features: VisualFeatures, for name: String) throws(Diagnostic) -> [Float] {
    if !asksByMean, !features.hasClassToken {
      throw Diagnostic(
        file: features.name,
        "\(name) chooses by the attention of a class token; this encoder has none. "
          + "\(name)\(name.contains(":") ? "," : ":")query=mean has the mean of all queries ask")
    }
    if asksByMean, features.hasClassToken {
      throw Diagnostic(
        file: features.name, "\(name) is for encoders without a class token; this one has one, leave query=mean out")
    }
    return try features.classAttention()
  }

  /// The share r of the patches that is chosen, given their attention.
  func share(_ attention: [Float]) -> Double {
    ratio ?? Double(Outliers.count(in: attention)) / Double(attention.count)
  }

  /// The patches with the most attention, as many as the settings say, most attention first.
  func chosen(_ attention: [Float]) -> [Int] {
    // The released code goes from the number m of outliers to r = m / N and back to int(N r), which rounding makes
    // m - 1 for some N, 49 and 196 among them. The paper chooses m.
    let rounded = Int(Double(attention.count) * share(attention))
    let isPaperRule = variant == .paper && ratio == nil
    return attention.indicesOfLargest(isPaperRule ? Outliers.count(in: attention) : rounded)
  }

  /// What to say of a result: nothing, unless no patch was `chosen`.
  func note(on chosen: [Int], _ attention: [Float]) -> String? {
    let mean = asksByMean ? Self.meanNote : nil
    guard chosen.isEmpty else { return mean }
    let remainder = variant == .paper ? "no token remains" : "the one merged token remains"
    let prefix = mean.map { "\($0); " } ?? ""
    if let ratio { return "\(prefix)a ratio of \(ratio) keeps no patch: \(remainder)" }
    if Outliers.count(in: attention) == 0 { return "\(prefix)no outliers: \(remainder)" }
    return "\(prefix)the only outlier is lost to the rounding of the released code: \(remainder)"
  }
}
