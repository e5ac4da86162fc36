internal import Architectures
internal import Documents
public import Quantities

/// What the steps of decoding cost on a device: one for every generated token but the first, each over a longer cache.
///
/// The sums are exact: N steps cost what N passes of one step each cost together, to the rounding of `Double`, and any
/// number of steps takes as long to estimate as two.
@dynamicMemberLookup
public struct DecodeEstimate: Sendable {
  /// How many steps there are, at least 1.
  public var steps: Int { series.count }
  /// The sums over all steps, but for the expected time.
  public let price: Price
  private let list: PriceList
  private let series: PassSeries

  init(_ series: PassSeries, _ list: PriceList) throws(Diagnostic) {
    var list = list
    price = try list.price(series)
    (self.list, self.series) = (list, series)
  }

  /// The first step, operator by operator.
  public var first: StageEstimate { step(1) }
  /// The last step, whose cache is the longest.
  public var last: StageEstimate { step(steps) }
  /// One step, counted from 1, operator by operator.
  public func step(_ number: Int) -> StageEstimate {
    list.stage(.decode, series.first.advanced(by: min(max(1, number), steps) - 1))
  }

  /// A sum of `price`, for example `flops`, `traffic` or `seconds`.
  public subscript<Sum>(dynamicMember sum: KeyPath<Price, Sum>) -> Sum { price[keyPath: sum] }
  /// The expected time of all steps; computed when asked for.
  public var expectedSeconds: Seconds {
    var list = list
    return (try? list.price(series, expecting: true))?.expectedSeconds ?? .zero
  }
}
