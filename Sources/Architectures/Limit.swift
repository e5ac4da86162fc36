/// The ranges within which a model's figures make sense; whatever lies in them can be multiplied without overflow.
package enum Limit {
  package static let layers = 1...4096
  package static let width = 1...1_048_576
  package static let heads = 1...16_384
  package static let headWidth = 1...65_536
  package static let vocabulary = 1...10_000_000
  package static let experts = 1...65_536
  package static let imageSize = 1...16_384
  package static let patchSize = 1...4096
  package static let channels = 1...64
  package static let queries = 1...65_536
  package static let images = 1...4096
  package static let entry = 2...1_048_576
  package static let streams = 2...64
  package static let iterations = 1...1024
  package static let positions = 1...Workload.positionLimit
}
