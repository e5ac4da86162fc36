internal import Documents

/// Writes the catalog's files into one Swift source: `embed-catalog OUTPUT KIND=FILE...`.
@main
enum EmbedCatalog {
  static func main() {
    do throws(Diagnostic) { try embed() } catch { error.exit() }
  }

  private static func embed() throws(Diagnostic) {
    let arguments = CommandLine.arguments.dropFirst()
    guard let output = arguments.first else { throw Diagnostic("usage: embed-catalog OUTPUT KIND=FILE...") }
    var entries: [String: [String]] = [:]
    for argument in arguments.dropFirst() {
      guard let split = argument.firstIndex(of: "=") else { throw Diagnostic("expected KIND=FILE, found \(argument)") }
      let kind = String(argument[..<split])
      let path = String(argument[argument.index(after: split)...])
      let text = String(decoding: try Files.readText(path, limit: 1 << 20), as: UTF8.self)
      for delimiter in ["\"\"\"###", "\\###"] where text.contains(delimiter) {
        throw Diagnostic(file: path, "must not contain \(delimiter), which ends or interrupts a Swift string")
      }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      entries[kind, default: []].append("    (\"\(name)\", ###\"\"\"\n\(text)\n\"\"\"###),\n")
    }
    var source = "/// The catalog's files as they were when the program was built.\nenum EmbeddedFiles {\n"
    for (kind, files) in entries.sorted(by: { $0.key < $1.key }) {
      source += "  static let \(kind): [(name: String, text: String)] = [\n\(files.joined())  ]\n"
    }
    try Files.write((source + "}\n").utf8, to: output)
  }
}
