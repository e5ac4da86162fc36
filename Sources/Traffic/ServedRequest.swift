/// A request as a scheduler sees it.
public struct ServedRequest: Sendable, Hashable {
  /// When it arrives, in seconds.
  public var arrival: Double
  /// Tokens of the prompt, visual ones among them.
  public var prompt: Int
  /// Tokens that it produces, the first by its prefill.
  public var output: Int
  /// The group of requests whose prompts begin alike; nil for none.
  public var group: Int?
  /// How many tokens they share.
  public var shared: Int
  /// What every `hashTokens` tokens of the prompt hold, in place of a group; prompts with the same number in one place
  /// are alike up to there.
  public var hashes: [Int] = []
  /// Visual tokens of the prompt; they stand at its beginning.
  public var visual: Int
  /// Seconds that its pictures take in the vision tower.
  public var tower: Double

  /// Tokens that a hash stands for.
  public static let hashTokens = 512

  /// A request of so many tokens.
  public init(
    arrival: Double = 0, prompt: Int, output: Int, group: Int? = nil, shared: Int = 0, visual: Int = 0,
    tower: Double = 0
  ) {
    (self.arrival, self.prompt, self.output) = (arrival, prompt, output)
    (self.group, self.shared, self.visual, self.tower) = (group, shared, visual, tower)
  }
}
