import Documents
import Hardware
import Testing

/// Figures that are each possible, but make no machine together.
@Suite("What the figures of a machine keep to")
struct AcceleratorRulesTests {
  /// One nonsense: a passage of the sample file, what stands there instead, and the rule that it breaks.
  struct Nonsense: Sendable {
    var old: String
    var new: String
    var rule: Accelerator.Rule

    init(_ old: String, _ new: String, _ rule: Accelerator.Rule) { (self.old, self.new, self.rule) = (old, new, rule) }
  }

  private static let nonsense = [
    // A fiftieth of FP16's 100.
    Nonsense("  int8: {", "  bf16: { value: 2 TFLOP/s, source: sheet }\n  int8: {", .halfFormats),
    Nonsense("200 TOP/s", "90 TOP/s", .narrowFormats),
    Nonsense("  int8: {", "  int4: { value: 150 TOP/s, source: sheet }\n  int8: {", .narrowFormats),
    Nonsense("  fp32: {", "  fp16: { value: 5 TFLOP/s, source: sheet }\n  fp32: {", .narrowFormats),
    Nonsense("10 TFLOP/s", "150 TFLOP/s", .matrixUnits),
    Nonsense("  fp32: {", "  int8: { value: 300 TOP/s, source: sheet }\n  fp32: {", .matrixUnits),
    Nonsense("6 MiB", "16 GB", .cache), Nonsense("32 GB/s", "501 GB/s", .interconnect),
    Nonsense("power:", "link_latency: { value: 1 s, source: sheet }\npower:", .linkLatency),
    Nonsense("power:", "link_latency: { value: 1 ns, source: sheet }\npower:", .linkLatency),
    // 200 TOP/s for 0.1 W and for a megawatt.
    Nonsense("250 W", "0.1 W", .power),
    Nonsense("16 GB", "100 MB", .capacity), Nonsense("16 GB", "500 TB", .capacity),
    Nonsense("500 GB/s", "33 GB/s", .ridgePoint),
    Nonsense(
      "power:", "achieved: { attention: { peak: 1, bandwidth: 1, overhead: 0.1 s, source: sheet } }\npower:", .overhead),
  ]

  @Test("is refused, and believed only where the file says why", arguments: nonsense)
  func rules(nonsense: Nonsense) throws {
    let text = sampleFile.replacing(nonsense.old, by: nonsense.new)
    let error = try #require(throws: Diagnostic.self) { try accelerator(text) }
    let messages = ([error] + error.further).map(\.message)
    #expect(messages.contains { $0.contains("exceptions: { \(nonsense.rule.rawValue): ") }, "\(messages)")
    // Every breach that is named must be excepted, as one wrong figure may break several rules.
    let broken = Accelerator.Rule.allCases.filter { rule in
      messages.contains { $0.contains("exceptions: { \(rule.rawValue): ") }
    }
    let exceptions = broken.map { "  \($0.rawValue): { why: so it is, source: paper }" }.joined(separator: "\n")
    let device = try accelerator(text + "\nexceptions:\n" + exceptions)
    #expect(device.exceptions.map(\.rule) == broken)
    #expect(device.exceptions.allSatisfy { $0.why == "so it is" && $0.sources.map(\.key) == ["paper"] })
  }

  @Test("an exception that nothing needs, or that says no reason or source, is refused")
  func exceptions() throws {
    func refusal(_ exceptions: String) throws -> String {
      let text = sampleFile + "\nexceptions: { \(exceptions) }"
      return try #require(throws: Diagnostic.self) { try accelerator(text) }.description
    }
    #expect(
      try refusal("power: { why: a, source: sheet }")
        == "f.yaml:21:15: error: the figures need no exception of \"power\"; leave it out")
    #expect(try refusal("power: { source: sheet }").contains("lacks the required key \"why\""))
    #expect(try refusal("power: { why: \" \", source: sheet }").contains("expected the reason, found an empty text"))
    #expect(try refusal("power: { why: a }").contains("lacks the required key \"source\""))
    #expect(try refusal("powr: { why: a, source: sheet }").contains("did you mean \"power\"?"))
  }

  @Test("names hold more than spaces", arguments: ["name: sample", "title: Sample Device", "vendor: Nobody"])
  func names(line: String) throws {
    let key = try #require(line.split(separator: ":").first)
    let text = sampleFile.replacing(line, by: "\(key): \"  \"")
    #expect(
      try #require(throws: Diagnostic.self) { try accelerator(text) }.message
        == "expected the \(key), found an empty text")
    #expect(throws: Diagnostic.self) { try accelerator(sampleFile.replacing("[sample-alias]", by: "[\"\"]")) }
  }

  @Test("all wrong figures of a file are told at once, each at its place")
  func together() throws {
    let text = sampleFile.replacing("100 TFLOP/s", by: "100 FLOPs").replacing("500 GB/s", by: "fast")
      .replacing("title: Sample Device\n", by: "").replacing("power: {", by: "pwer: {")
      .replacing("[sheet, paper]", by: "[sheet, book]")
    let error = try #require(throws: Diagnostic.self) { try accelerator(text) }
    #expect(([error] + error.further).map { $0.position?.line } == [1, 6, 7, 11, 15])
  }
}
