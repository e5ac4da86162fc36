public import Documents

/// A scene that is built in, to try a reducer without an image or an encoder.
///
/// Its features are synthetic: they come from a generator that imitates what CLIP ViT-L/14 at 336 pixels says of such a
/// picture, not from a picture. The salient patches are laid out so that their numbers are the averages that the
/// PruMerge paper reports: 40 tokens for TextVQA and MME, 35 for POPE, 16 for ScienceQA.
public struct Sample: Sendable {
  /// What it is asked for by.
  public let name: String
  /// What it shows, in one line, saying that it is synthetic.
  public let title: String
  /// Where the class token looks.
  let salient: [SalientArea]
  /// The seed of its noise.
  let seed: UInt64

  /// Four lines of words on a page.
  public static let text = Sample(
    name: "text", title: "synthetic scene: four lines of words on a page",
    salient: [
      SalientArea(rows: 5...5, columns: 3...9), SalientArea(rows: 5...5, columns: 12...16),
      SalientArea(rows: 9...9, columns: 3...6), SalientArea(rows: 9...9, columns: 9...16),
      SalientArea(rows: 13...13, columns: 3...11),
      SalientArea(rows: 17...17, columns: 3...7), SalientArea(rows: 17...17, columns: 10...11),
    ],
    seed: 1)

  /// A large object and two small ones.
  public static let objects = Sample(
    name: "objects", title: "synthetic scene: a large object and two small ones",
    salient: [
      SalientArea(rows: 9...13, columns: 4...8), SalientArea(rows: 15...16, columns: 14...17),
      SalientArea(rows: 5...6, columns: 15...17),
    ],
    seed: 2)

  /// Four boxes of a diagram.
  public static let diagram = Sample(
    name: "diagram", title: "synthetic scene: four boxes of a diagram",
    salient: [
      SalientArea(rows: 4...5, columns: 5...6), SalientArea(rows: 4...5, columns: 17...18),
      SalientArea(rows: 11...12, columns: 11...12), SalientArea(rows: 18...19, columns: 17...18),
    ],
    seed: 3)

  /// All samples, in the order in which they are listed.
  public static let all = [text, objects, diagram]

  /// The sample called `name`.
  ///
  /// - Throws: `Diagnostic` with the known names if there is none.
  public static func named(_ name: String) throws(Diagnostic) -> Sample {
    if let sample = all.first(where: { $0.name == name.spelling }) { return sample }
    throw Diagnostic("unknown sample \"\(name)\"; known are \(all.map(\.name).joined(separator: ", "))")
  }

  /// Its features: 24 x 24 patches, 1024 wide, 16 heads. Every call makes the same ones.
  public func features() -> VisualFeatures {
    var generator = SceneGenerator(self)
    return generator.features()
  }
}
