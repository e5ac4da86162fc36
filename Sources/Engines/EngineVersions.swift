internal import Documents

/// Versions of engines that are known, by the spelling of what they are versions of.
package struct EngineVersions<Known> {
  private var families: [String: [(version: EngineVersion, known: Known)]] = [:]

  /// Those among some names that are of versions, as `vllm-0.19`.
  package init(_ names: some Sequence<(name: String, known: Known)>) {
    for (name, known) in names {
      guard let (family, version) = EngineVersion.named(name) else { continue }
      families[family.spelling, default: []].append((version, known))
    }
  }

  /// Whether any version of something is known.
  package func hasFamily(_ family: String) -> Bool { families[family.spelling] != nil }

  /// What is known of the latest version of something that is not after `version`: figures hold until those of a later one
  /// are known. Nil where all that are known are later.
  package func latest(of family: String, notAfter version: EngineVersion) -> Known? {
    families[family.spelling]?.filter { $0.version <= version }.max { $0.version < $1.version }?.known
  }
}
