/// The ranges within which a model's figures make sense; whatever lies in them can be multiplied without overflow.
enum Limit {
  static let layers = 1...4096
  static let width = 1...1_048_576
  static let heads = 1...16_384
  static let headWidth = 1...65_536
  static let vocabulary = 1...10_000_000
  static let experts = 1...65_536
  static let imageSize = 1...16_384
  static let patchSize = 1...4096
  static let channels = 1...64
  static let queries = 1...65_536
  static let images = 1...4096
  static let positions = 1...Workload.positionLimit
}
