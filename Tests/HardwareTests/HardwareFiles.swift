import Documents
import Hardware
import Testing

/// A made-up device: 100 TFLOP/s on the matrix units, 500 GB/s, hence a ridge point of 200 FLOP/byte.
let sampleFile = """
  name: sample
  title: Sample Device
  aliases: [sample-alias]
  vendor: Nobody
  kind: gpu
  matrix:
    fp16: { value: 100 TFLOP/s, source: sheet }
    int8: { value: 200 TOP/s, source: [sheet, paper], note: dense }
  vector:
    fp32: { value: 10 TFLOP/s, source: sheet }
  memory:
    bandwidth: { value: 500 GB/s, source: sheet }
    capacity: { value: 16 GB, source: unverified }
  last_level_cache: { value: 6 MiB, source: sheet }
  interconnect: { value: 32 GB/s, source: sheet }
  power: { value: 250 W, source: sheet }
  sources:
    sheet: "the datasheet"
    paper: "a paper"
  notes: ["a note"]
  """

/// The device of a hardware file's text.
func accelerator(_ text: String) throws -> Accelerator {
  try Accelerator(file: YAML.parse(Array(text.utf8), file: "f.yaml"))
}

extension String {
  /// The text with one passage, which must be there exactly once, replaced.
  func replacing(_ old: String, by new: String, sourceLocation: SourceLocation = #_sourceLocation) -> String {
    let parts = split(separator: old, omittingEmptySubsequences: false)
    #expect(parts.count == 2, "\"\(old)\" is not there exactly once", sourceLocation: sourceLocation)
    return parts.joined(separator: new)
  }
}
