extension [Double] {
  /// A quantile of values in rising order: that at the place `share x (n - 1)`, between two of them in proportion; nil of none.
  package func quantile(_ share: Double) -> Double? {
    guard let last = indices.last else { return nil }
    let place = share * Double(last)
    let low = Int(place)
    return self[low] + (self[Swift.min(low + 1, last)] - self[low]) * (place - Double(low))
  }
}
