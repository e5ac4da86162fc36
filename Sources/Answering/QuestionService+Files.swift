internal import Architectures
internal import Catalog
public import Documents
internal import Photographs
internal import Reports

/// Files that are sent, which questions may then name.
extension QuestionService {
  /// Endings of the names of files that are taken, and what they are.
  public static let takenFiles =
    ".json (a Hugging Face configuration), .jpg or .png (a picture), .safetensors (features), .csv or .jsonl (a trace or a "
    + "histogram)"

  /// Keeps a file; of a picture the features that the encoder sees.
  ///
  /// - Parameters:
  ///   - content: the bytes of the file.
  ///   - sent: what whoever sends it calls it, which says what it is.
  /// - Returns: a JSON object: `file` is what questions call it, `kind` what it is; nil for an unknown ending.
  /// - Throws: `Diagnostic` if it is not what it should be.
  public func add(_ content: [UInt8], name sent: String) throws(Diagnostic) -> [UInt8]? {
    let sent = sent.split(whereSeparator: { "/\\".contains($0) }).last.map(String.init) ?? ""
    let name = Uploads.name(sent, content)
    guard let kind = Uploads.Kind(ofFileNamed: name) else { return nil }
    let record = try given { () throws(Diagnostic) in
      switch kind {
      case .model: return try model(content, name, sent)
      case .picture: return try picture(content, name, sent)
      case .features, .table:
        let file = try uploads.add(content, name: name, sent: sent)
        return OutputRecord(["file": .text(file), "kind": .text(kind.rawValue)])
      }
    }
    return JSONRenderer.bytes(.record(record)) + "\n".utf8
  }

  /// A configuration that was sent, and the model that it describes. A model file may name others, so it is not taken.
  private func model(_ content: [UInt8], _ name: String, _ sent: String) throws(Diagnostic) -> OutputRecord {
    let root = try JSON.parse(content, file: name, asPython: true)
    guard try root.entries("the configuration").contains(where: { ["architectures", "model_type"].contains($0.key) })
    else {
      throw Diagnostic(
        file: name, "is no Hugging Face configuration: it says neither \"architectures\" nor \"model_type\"")
    }
    let file = try uploads.add(content, name: name, sent: sent)
    do throws(Diagnostic) {
      let model = try catalog.model(file)
      return OutputRecord([
        "file": .text(file), "kind": .text("model"), "title": .text(model.title),
        "visual_tokens": .number(model.visualTokens.map(Double.init)),
      ])
    } catch {
      let given = given(error)
      uploads.drop(file)
      throw given
    }
  }

  /// A picture that was sent, as features; the picture itself is not kept.
  private func picture(_ content: [UInt8], _ name: String, _ sent: String) throws(Diagnostic) -> OutputRecord {
    guard let encoder else {
      throw Diagnostic(
        "no encoder is at hand to look at pictures; start roofline-web with --encoder and a folder or a name in the hub's cache"
      )
    }
    let picture = try uploads.add(content, name: name, sent: sent)
    defer { uploads.drop(picture) }
    let bytes = try given { () throws(Diagnostic) in try encoder.featuresFile(ofPictureAt: picture) }
    let features = "\(name.split(separator: ".").dropLast().joined(separator: ".")).safetensors"
    let words = ["--image", sent, "--encoder", encoder.name, "--output", features].map(\.quotedForShell)
    let file = try uploads.add(
      bytes, name: features, recipe: "roofline encode \(words.joined(separator: " "))")
    return OutputRecord(["file": .text(file), "kind": .text("features"), "encoder": .text(encoder.name)])
  }

  /// What questions can name, as a JSON object: models, devices, engines, reducers, columns.
  ///
  /// - Throws: `Diagnostic` for a file of the catalog that cannot be read.
  public func catalogList() throws(Diagnostic) -> [UInt8] {
    try listed.withLock { (bytes) throws(Diagnostic) in
      if bytes.isEmpty { bytes = try list() }
      return bytes
    }
  }

  private func list() throws(Diagnostic) -> [UInt8] {
    var entries = Report.list(try catalog.allModels()).records
    for (name, path) in models {
      var record = Report.list([try catalog.model(path)]).records
      record[0].fields[0].value = .text(name)
      entries = record + entries
    }
    let list = OutputRecord([
      "version": .text(Self.version), "encoder": .text(encoder?.name), "models": .records(entries),
      "devices": .records(Report.list(try catalog.allHardware()).records),
      "engines": .records(Report.list(try catalog.allEngines()).records),
      "reducers": .records(Report.listOfReducers().records), "columns": .records(Report.listOfColumns().records),
    ])
    return JSONRenderer.bytes(.record(list)) + "\n".utf8
  }
}
