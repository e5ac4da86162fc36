import Documents
import Hardware
import Testing

@Suite("Refusing hardware files")
struct AcceleratorFileRefusalTests {
  /// The error of the sample file with one passage replaced.
  private func refusal(_ old: String, _ new: String, sourceLocation: SourceLocation = #_sourceLocation) -> String? {
    let text = sampleFile.replacing(old, by: new, sourceLocation: sourceLocation)
    return #expect(throws: Diagnostic.self, sourceLocation: sourceLocation) { try accelerator(text) }?.description
  }

  @Test(
    "a required key that is missing is an error at its mapping",
    arguments: [
      ("name: sample\n", "", "f.yaml:1:1", "the hardware file lacks the required key \"name\""),
      ("title: Sample Device\n", "", "f.yaml:1:1", "the hardware file lacks the required key \"title\""),
      ("vendor: Nobody\n", "", "f.yaml:1:1", "the hardware file lacks the required key \"vendor\""),
      ("kind: gpu\n", "", "f.yaml:1:1", "the hardware file lacks the required key \"kind\""),
      (
        "  bandwidth: { value: 500 GB/s, source: sheet }\n", "", "f.yaml:12:3",
        "memory lacks the required key \"bandwidth\""
      ),
      ("value: 500 GB/s, ", "", "f.yaml:12:14", "the bandwidth lacks the required key \"value\""),
      ("500 GB/s, source: sheet", "500 GB/s", "f.yaml:12:14", "the bandwidth lacks the required key \"source\""),
      (
        "fp32: { value: 10 TFLOP/s, source: sheet }", "fp64: { value: 5 TFLOP/s, source: sheet }", "f.yaml:10:3",
        "the vector peaks lack fp32, which norms and softmax run in"
      ),
    ])
  func missing(old: String, new: String, place: String, message: String) {
    #expect(refusal(old, new) == "\(place): error: \(message)")
  }

  @Test(
    "a misspelt key names the nearest known one",
    arguments: [
      ("vendor: Nobody", "vender: Nobody", "f.yaml:4:1", "\"vender\" in the hardware file; did you mean \"vendor\"?"),
      ("bandwidth:", "bandwith:", "f.yaml:12:3", "\"bandwith\" in memory; did you mean \"bandwidth\"?"),
      ("{ value: 16 GB", "{ valeu: 16 GB", "f.yaml:13:15", "\"valeu\" in the capacity; did you mean \"value\"?"),
      ("  int8: {", "  int08: {", "f.yaml:8:3", "\"int08\" in the matrix peaks; did you mean \"int8\"?"),
    ])
  func misspelt(old: String, new: String, place: String, message: String) {
    #expect(refusal(old, new) == "\(place): error: unknown key \(message)")
  }

  @Test(
    "figures that no machine has",
    arguments: [
      "-500 GB/s", "0 GB/s", "nan GB/s", "inf GB/s", "1e308 GB/s", "1e308 B/s", "500 GB", "500", "500 TFLOP/s", "fast",
      "2 PB/s", "99 MB/s", "1e-9 B/s", "[500 GB/s]", "{ a: b }", "\"\"",
    ])
  func absurd(bandwidth: String) {
    #expect(refusal("500 GB/s", bandwidth)?.hasPrefix("f.yaml:12:23: error: ") == true)
  }

  @Test func ranges() {
    #expect(
      refusal("500 GB/s", "1e308 B/s")
        == "f.yaml:12:23: error: the bandwidth is 1.00e+308 B/s, beyond what machines reach (100 MB/s to 1.00 PB/s)")
    #expect(
      refusal("250 W", "250 kg")
        == "f.yaml:16:17: error: the power: expected a power such as \"250 W\", found the unit \"kg\"")
    #expect(refusal("16 GB", "16 B")?.contains("the capacity is 16.0 B, beyond what machines reach") == true)
    #expect(refusal("100 TFLOP/s", "100 FLOP/s")?.contains("beyond what machines reach") == true)
  }

  @Test("integer formats are rated in OP/s, the others in FLOP/s")
  func units() {
    #expect(
      refusal("200 TOP/s", "200 TFLOP/s")
        == "f.yaml:8:18: error: the matrix peak of INT8: expected OP/s for INT8, found \"200 TFLOP/s\"")
    #expect(
      refusal("10 TFLOP/s", "10 TOP/s")
        == "f.yaml:10:18: error: the vector peak of FP32: expected FLOP/s for FP32, found \"10 TOP/s\"")
  }

  @Test("figures that are possible alone but not together")
  func physics() {
    // 100 TFLOP/s over 500 MB/s are 200 000 per byte, over 250 TB/s they are 0.4.
    #expect(
      refusal("500 GB/s", "500 MB/s")
        == "f.yaml:7:18: error: the matrix peak of FP16, 100 TFLOP/s, is 200000 FLOP per byte of bandwidth; "
        + "machines lie within 1 to 2000; check the figures and their units, or say why it is so, as in "
        + "exceptions: { ridge_point: { why: \"...\", source: key } }")
    #expect(refusal("500 GB/s", "250 TB/s")?.contains("is 0.400 FLOP per byte") == true)
    // A peak of each kind that is a slip of the prefix: 10 GFLOP/s over 500 GB/s are 0.02.
    #expect(refusal("10 TFLOP/s", "10 GFLOP/s")?.contains("the vector peak of FP32, 10 GFLOP/s, is 0.020") == true)
    #expect(
      refusal("  fp16: { value: 100", "  fp32: { value: 101 TFLOP/s, source: sheet }\n  fp16: { value: 100")?
        .hasPrefix("f.yaml:8:18: error: the matrix peak of FP16, 100 TFLOP/s, is below that of the wider FP32, 101")
        == true)
  }

  @Test func sources() {
    #expect(
      refusal("source: [sheet, paper]", "source: [sheet, book]")
        == "f.yaml:8:45: error: \"book\" is not listed under \"sources\"; listed are sheet, paper, unverified")
    #expect(refusal("source: [sheet, paper]", "source: []")?.contains("expected a source, or \"unverified\"") == true)
    #expect(refusal("source: [sheet, paper]", "source: {}")?.contains("expected a source to be text") == true)
    #expect(refusal("paper: \"a paper\"", "paper:")?.contains("expected the source paper to be text") == true)
  }

  @Test func wrongShapes() {
    #expect(
      refusal("kind: gpu", "kind: toaster")
        == "f.yaml:5:7: error: expected the kind to be one of gpu, cpu, tpu, soc, accelerator; found \"toaster\"")
    #expect(refusal("[sample-alias]", "sample-alias")?.contains("expected the aliases to be a list") == true)
    #expect(refusal("[\"a note\"]", "[[a]]")?.contains("expected a note to be text, found a list") == true)
    #expect(refusal("{ value: 250 W, source: sheet }", "250 W")?.contains("expected the power to be a mapping") == true)
    #expect(refusal("kind: gpu", "kind: gpu\nkind: gpu")?.contains("duplicate key \"kind\"") == true)
  }
}
