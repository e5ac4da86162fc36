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
  /// The sums over all steps.
  public let price: Price
  /// The first step, and the last, whose cache is the longest.
  public let first, last: StageEstimate
  private let series: Pass.Series
  private let setting: Setting

  /// The price of steps; the list's operators are then those of the last step.
  init(_ series: Pass.Series, _ list: inout PriceList, _ setting: Setting) throws(Diagnostic) {
    func step(_ pass: Pass) throws(Diagnostic) -> StageEstimate {
      let price = try list.price(pass, expecting: true)
      return StageEstimate(.decode, price, ProductKinds(list.operators), setting.rates, Launch(pass)) {
        setting.operators(pass)
      }
    }
    price = try list.price(series, expecting: true)
    first = try step(series.first)
    last = try step(series.last)
    (self.series, self.setting) = (series, setting)
  }

  /// One step, counted from 1, operator by operator.
  public func step(_ number: Int) -> StageEstimate {
    let (setting, pass) = (setting, series.first.advanced(by: min(max(1, number), steps) - 1))
    return StageEstimate(.decode, setting.rates, Launch(pass), setting.host) { setting.operators(pass) }
  }

  /// A sum of `price`, for example `flops`, `traffic` or `seconds`.
  public subscript<Sum>(dynamicMember sum: KeyPath<Price, Sum>) -> Sum { price[keyPath: sum] }
  /// The expected time of all steps.
  public var expectedSeconds: Seconds { price.expectedSeconds ?? .zero }
}
