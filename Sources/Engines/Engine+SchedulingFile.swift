internal import Documents
internal import Hardware
internal import Quantities

extension Engine.Scheduling {
  /// Reads the `scheduling` section of an engine file.
  init(file node: Node, _ reader: FigureReader) {
    self.init()
    let findings = reader.findings
    let keys = ["policy", "admission", "tokens", "sequences", "pass", "sequence", "request"]
    guard let fields = findings.attempt(try Fields(node, "scheduling", known: keys, findings)) else { return }
    func seconds(_ key: String, _ what: String) -> Figure<Seconds>? {
      reader.optional(fields[key], what, in: Seconds(0)...Seconds(10))
    }
    policy = findings.attempt(try fields["policy"]?.choice("the policy", of: Policy.self)) ?? policy
    admission = findings.attempt(try fields["admission"]?.choice("the admission", of: Admission.self)) ?? admission
    tokens = fields["tokens"].map { reader.ratio($0, "the tokens of a pass", in: 1...1e7) }
    sequences = fields["sequences"].map { reader.ratio($0, "the sequences of a pass", in: 1...65_536) }
    pass = seconds("pass", "the host's time of a pass")
    sequence = seconds("sequence", "the host's time of a sequence") ?? sequence
    request = seconds("request", "the time of a request outside the passes") ?? request
  }
}
