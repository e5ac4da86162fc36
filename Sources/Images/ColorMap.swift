/// A scale of colours from dark to bright, even to the eye.
struct ColorMap {
  /// Evenly spaced colours.
  private let stops: [SIMD3<Float>]

  /// "inferno" by Nathaniel Smith and Stéfan van der Walt (CC0), every 16th of matplotlib 3.11's 256 colours; between
  /// them straight lines are within 7/255 of the original.
  static let inferno = ColorMap([
    (0, 0, 4), (11, 7, 36), (33, 12, 74), (61, 9, 101), (87, 16, 110), (113, 25, 110), (138, 34, 106), (163, 44, 97),
    (188, 55, 84), (208, 69, 69), (227, 89, 51), (241, 113, 31), (249, 140, 10), (252, 170, 15), (249, 201, 50),
    (242, 232, 101), (252, 255, 164),
  ])

  private init(_ stops: [(Float, Float, Float)]) { self.stops = stops.map { SIMD3($0.0, $0.1, $0.2) } }

  /// The colour, 0 to 255 a channel, of a number from 0 to 1; what is beyond takes the colour of the nearer end.
  subscript(value: Float) -> SIMD3<Float> {
    let place = max(0, min(1, value.isNaN ? 0 : value)) * Float(stops.count - 1)
    let low = min(stops.count - 2, Int(place))
    return stops[low] + (stops[low + 1] - stops[low]) * (place - Float(low))
  }
}
