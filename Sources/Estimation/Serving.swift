public import Architectures

/// What is asked of a request besides its prompt: what is in the cache before, how much is generated, on how many
/// devices, at what price.
public struct Serving: Sendable, Hashable {
  /// Tokens of every sequence that are in the key-value cache before the request; the prompt attends to them.
  public var context: Int
  /// Tokens that are generated for every sequence, the first by the prefill, each other by a step of decoding; 0 for a
  /// prefill alone.
  public var outputTokens: Int
  /// The price of one device for an hour, in any currency; nil if it does not matter.
  public var pricePerHour: Double?

  /// Over how many devices the model is spread.
  public var parallelism: Parallelism

  /// A prefill alone on one device, unless stated otherwise.
  public init(
    context: Int = 0, outputTokens: Int = 0, pricePerHour: Double? = nil, parallelism: Parallelism = Parallelism()
  ) {
    self.parallelism = parallelism
    self.context = context
    self.outputTokens = outputTokens
    self.pricePerHour = pricePerHour
  }
}
