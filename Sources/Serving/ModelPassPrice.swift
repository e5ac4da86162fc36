internal import Architectures
public import Documents
public import Estimation
internal import Quantities

/// The expected time of a model's passes on a device.
public struct ModelPassPrice: PassPricing {
  package private(set) var prices: PriceList
  private var pass = Pass([])

  /// The passes of a price list.
  public init(_ prices: PriceList) { self.prices = prices }

  /// Seconds of a pass.
  public mutating func seconds(of shape: PassShape) throws(Diagnostic) -> Double {
    pass.groups.removeAll(keepingCapacity: true)
    for fill in shape.fills {
      pass.groups.append(Pass.Group(newTokens: fill.take, context: fill.computed, visualTokens: fill.visual))
    }
    for group in shape.decodes {
      pass.groups.append(Pass.Group(sequences: group.count, newTokens: group.take, context: group.context))
    }
    pass.logits = shape.logits
    return try prices.price(pass, expecting: true).expectedSeconds?.value ?? 0
  }
}
