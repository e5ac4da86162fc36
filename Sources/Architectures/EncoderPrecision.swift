package import Documents

/// In what the products of an encoder with its weights are computed here. All else - attention, norms, sums - is FP32.
package enum EncoderPrecision: String, Sendable, Hashable, CaseIterable {
  /// FP32, on every processor.
  case f32
  /// Both factors rounded to BF16, summed in FP32, where processor and libraries have such products; FP32 elsewhere.
  case bf16

  /// A precision by its name, in capitals or not.
  ///
  /// - Throws: `Diagnostic` for another name.
  package init(named name: String) throws(Diagnostic) {
    guard let precision = Self(rawValue: name.lowercased()) else {
      let names = Self.allCases.map(\.rawValue).joined(separator: " or ")
      throw Diagnostic("expected --encoder-precision to be \(names), found \"\(name)\"")
    }
    self = precision
  }
}
