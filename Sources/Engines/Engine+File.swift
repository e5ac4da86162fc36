package import Documents
internal import Hardware
internal import Quantities

extension Engine {
  /// Reads an engine file.
  ///
  /// - Throws: `Diagnostic` with everything that is wrong, each at its place: unknown keys, missing fields, wrong units,
  ///   figures out of range, sources that are not listed.
  package init(file node: Node) throws(Diagnostic) {
    let findings = Findings()
    let fields = try Fields(
      node, "the engine file",
      known: [
        "name", "title", "aliases", "default_for", "whole_shares", "memory", "times", "scheduling", "sources", "notes",
      ], findings)
    let reader = FigureReader(sources: findings.attempt(try fields.required("sources")), findings)
    self.init(
      name: findings.attempt(try fields.required("name").name("the name", limit: 200), or: ""),
      title: findings.attempt(try fields.required("title").name("the title", limit: 200), or: ""),
      aliases: findings.texts(fields["aliases"], "the aliases", each: "an alias", limit: 200),
      defaults: reader.deviceClasses(fields["default_for"]),
      memory: findings.attempt(try fields.required("memory")).map { EngineMemory(file: $0, reader) } ?? EngineMemory(),
      times: fields["times"].map { EngineTimes(file: $0, reader) },
      scheduling: fields["scheduling"].map { Engine.Scheduling(file: $0, reader) }, sources: reader.sources,
      notes: findings.texts(fields["notes"], "the notes", each: "a note"))
    needsWholeShares =
      findings.attempt(try fields["whole_shares"]?.boolean("whether devices must divide heads")) ?? false
    try findings.check()
  }
}

extension FigureReader {
  /// A list of the form `[{ kind: gpu }, { kind: soc, vendor: Apple }]`.
  fileprivate func deviceClasses(_ node: Node?) -> [Engine.DeviceClass] {
    guard let node, let items = findings.attempt(try node.items("the devices that it is the default for")) else {
      return []
    }
    var classes: [Engine.DeviceClass] = []
    for item in items {
      let what = "the class of devices"
      guard let fields = findings.attempt(try Fields(item, what, known: ["kind", "vendor"], findings)),
        let kind = findings.attempt(try fields.required("kind").choice("the kind", of: Accelerator.Kind.self))
      else { continue }
      let vendor = findings.attempt(try fields["vendor"]?.name("the vendor", limit: 200))
      classes.append(Engine.DeviceClass(kind: kind, vendor: vendor))
    }
    return classes
  }
}
