extension StringProtocol {
  /// The text as names are compared: without case, spaces, dashes and underscores, so that `RTX 4090` is `rtx-4090`.
  package var spelling: String {
    String(String.UnicodeScalarView(lowercased().unicodeScalars.filter { !" -_\t".unicodeScalars.contains($0) }))
  }
}

extension RawRepresentable where RawValue == String, Self: CaseIterable {
  /// The case that a name means: its raw value, with other case, spaces or dashes if need be.
  package init?(spelling name: String) {
    let wanted = name.spelling
    guard let choice = Self(rawValue: name) ?? Self.allCases.first(where: { $0.rawValue.spelling == wanted }) else {
      return nil
    }
    self = choice
  }
}
