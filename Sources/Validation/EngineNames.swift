internal import Architectures
internal import Documents
internal import Engines
internal import Hardware
internal import Operators

/// A name that the catalog lacks, and the rows that have it.
package struct UnknownName: Sendable, Hashable {
  /// What it should name: a model, a device, an engine or a precision.
  package let kind: String
  /// The name.
  package let name: String
  /// The rows of the file.
  package let rows: Int

  init(kind: String, name: String, rows: Int) {
    (self.kind, self.rows) = (kind, rows)
    self.name = name.count > 60 ? "\(name.prefix(57))..." : name
  }

  /// The error that it is.
  package var message: String {
    "\(rows) \(rows == 1 ? "row names" : "rows name") the \(kind) \"\(name)\", which is not known"
  }
}

/// Engines by the names that people who measure them write: `ollama (llama.cpp) Q4_K_M`, `vLLM 0.6 ROCm`.
struct EngineNames {
  /// Engines by what they are called, the longest names first; without an engine where a name is one of versions alone.
  private let engines: [(spelling: String, engine: Engine?)]
  private let versions: EngineVersions<Engine>
  private var known: [String: Engine?] = [:]

  init(_ engines: [Engine]) {
    let names = engines.flatMap { engine in ([engine.name] + engine.aliases).map { (name: $0, known: engine) } }
    versions = EngineVersions(names)
    var callings: [String: Engine?] = [:]
    for (name, engine) in names {
      if let (family, _) = EngineVersion.named(name) {
        callings[family.spelling] = callings[family.spelling] ?? .some(nil)
      } else {
        callings[name.spelling] = engine
      }
    }
    self.engines = callings.map { ($0.key, $0.value) }.sorted {
      ($1.spelling.utf8.count, $0.spelling) < ($0.spelling.utf8.count, $1.spelling)
    }
  }

  /// The engine that a field begins with or, with a name of four letters or more, speaks of: the longest name first, and of
  /// its versions the one that the field is of. Nil of a field that speaks of two engines, and of a version before all that
  /// are known.
  mutating func engine(_ field: Node, version: String? = nil) -> Engine? {
    guard let name = try? field.text("the engine") else { return nil }
    let halves = name.split(separator: " / ", omittingEmptySubsequences: false).map(String.init)
    var engines = 0
    for half in halves where engine(named: half, version: nil) != nil { engines += 1 }
    guard halves.count < 2 || engines < halves.count else { return nil }
    return engine(named: name, version: version)
  }

  private mutating func engine(named name: String, version: String?) -> Engine? {
    let key = "\(name) \(version ?? "")"
    if let known = known[key] { return known }
    let engine = found(name, version)
    known[key] = .some(engine)
    return engine
  }

  private func found(_ name: String, _ version: String?) -> Engine? {
    let text = name.spelling
    // `tensorrt-llm` of `2024` is a name.
    if let dated = version.map({ "\(name)-\($0)".spelling }), let named = engines.first(where: { $0.spelling == dated })
    {
      return named.engine
    }
    guard
      let (family, engine) = engines.first(where: { text == $0.spelling })
        ?? engines.first(where: { text.hasPrefix($0.spelling) })
        ?? engines.first(where: { $0.spelling.utf8.count > 3 && text.contains($0.spelling) })
    else { return nil }
    guard let version = version.flatMap({ EngineVersion($0) }) ?? EngineVersion.named(name)?.version,
      versions.hasFamily(family)
    else { return engine }
    return versions.latest(of: family, notAfter: version)
  }
}

extension Node {
  /// The model that the field names, its owner and what says how it was trained aside: `meta-llama/Llama-2-7b-hf`.
  func model(in names: inout Named<MultimodalModel>) throws(Diagnostic) -> MultimodalModel? {
    guard let text = try? text("the model") else { return nil }
    if let item = try names.item(self) { return item.item }
    var short = text.split(separator: "/").last.map(String.init) ?? text
    if short.lowercased().hasPrefix("meta-") { short.removeFirst(5) }
    for ending in ["-hf", "-chat", "-it", "-instruct", "-v0.1", "-instruct"] where short.lowercased().hasSuffix(ending)
    {
      short.removeLast(ending.count)
    }
    return try names.item(Node(.scalar(short, quoted: false), at: position))?.item
  }

  /// The device that the field names, its memory and its vendor's family aside: `RTX A6000 48GB`, `3090 24GB`.
  func device(in names: inout Named<Accelerator>) throws(Diagnostic) -> Accelerator? {
    guard let text = try? text("the device") else { return nil }
    if let item = try names.item(self) { return item.item }
    var words = text.prefix { $0 != "(" }.split(separator: " ").map(String.init)
    words.removeAll {
      $0.hasSuffix("GB") && $0.dropLast(2).allSatisfy(\.isNumber) || $0.hasSuffix("-Core") || $0 == "GPU"
    }
    words.removeAll { $0.hasPrefix("HBM") }
    words = words.map { word in
      guard word.hasSuffix("GB"), let dash = word.lastIndex(of: "-") else { return word }
      return String(word[..<dash])
    }
    let short = words.joined(separator: " ")
    // The memory tells apart what is sold with several sizes.
    let memory = text.split { !$0.isNumber && !$0.isLetter }.map(String.init)
    var sizes = memory.filter { $0.hasSuffix("GB") && $0 != "GB" }
    for (number, unit) in zip(memory, memory.dropFirst()) where unit == "GB" { sizes.append(number + unit) }
    for name in sizes.map({ "\(short) \($0)" }) + [short, "RTX \(short)", "Apple \(short)"] {
      if let item = try names.item(Node(.scalar(name, quoted: false), at: position)) { return item.item }
    }
    return nil
  }

  /// The precision that the field names, in the words of engines: `Q4_0`, `AWQ W4A16`, `F16`.
  var precisionOfEngine: Precision? {
    guard let text = try? text("the precision").lowercased() else { return nil }
    if let precision = Precision.all.first(where: { $0.name == text }) { return precision }
    let words = text.split { !$0.isLetter && !$0.isNumber }.map(String.init)
    func has(_ names: String...) -> Bool { words.contains { word in names.contains { word == $0 } } }
    if has("w4a16", "awq", "gptq", "nf4", "q4", "iq4", "int4") { return .int4 }
    if has("q8", "w8a16") { return Precision.all.first { $0.name == "w8a16" } }
    if has("f16", "fp16") { return .fp16 }
    if has("bf16") { return .bf16 }
    return has("fp8") ? .fp8 : nil
  }
}
