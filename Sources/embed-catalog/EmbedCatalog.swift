#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif
internal import Documents

/// Writes files, such as the catalog's, into one Swift source: `embed-catalog OUTPUT KIND=FILE...`. Of files of the kind `constants`
/// the numbers themselves become source.
@main
enum EmbedCatalog {
  static func main() {
    do throws(Diagnostic) { try embed() } catch { fail(error) }
  }

  private static func fail(_ error: Diagnostic) -> Never {
    try? Files.write(Array("\(error.explanation)\n".utf8), to: STDERR_FILENO, name: "standard error")
    exit(1)
  }

  private static func embed() throws(Diagnostic) {
    let arguments = CommandLine.arguments.dropFirst()
    guard let output = arguments.first else { throw Diagnostic("usage: embed-catalog OUTPUT KIND=FILE...") }
    var entries: [String: [String]] = [:]
    for argument in arguments.dropFirst() {
      guard let split = argument.firstIndex(of: "=") else { throw Diagnostic("expected KIND=FILE, found \(argument)") }
      let kind = String(argument[..<split])
      let path = String(argument[argument.index(after: split)...])
      if kind == "constants" {
        entries[kind, default: []].append(try constants(path))
        continue
      }
      let text = String(decoding: try Files.readText(path, limit: 1 << 20), as: UTF8.self)
      for delimiter in ["\"\"\"###", "\\###"] where text.contains(delimiter) {
        throw Diagnostic(file: path, "must not contain \(delimiter), which ends or interrupts a Swift string")
      }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      entries[kind, default: []].append("    (\"\(name)\", ###\"\"\"\n\(text)\n\"\"\"###),\n")
    }
    var source = entries.removeValue(forKey: "constants")?.joined() ?? ""
    source += "/// Files as they were when the program was built.\nenum EmbeddedFiles {\n"
    for (kind, files) in entries.sorted(by: { $0.key < $1.key }) {
      source += "  static let \(kind): [(name: String, text: String)] = [\n\(files.joined())  ]\n"
    }
    try Files.write((source + "}\n").utf8, to: output)
  }

  /// The numbers of a file of constants, each with a meaning and a source, as `KernelConstants.tileRows` for `tile_rows`.
  private static func constants(_ path: String) throws(Diagnostic) -> String {
    let node = try JSON.parse(Files.read(path, limit: 1 << 20), file: path)
    let name = path.split(separator: "/").last.map { $0.split(separator: ".")[0].dropLast() } ?? "Kernel"
    var source =
      "/// The numbers of \(name)s.json.\nenum \(name.prefix(1).uppercased())\(name.dropFirst())Constants {\n"
    for entry in try node.entries("the constants") {
      let fields = try Fields(entry.value, "the constant", known: ["value", "meaning", "source"])
      let meaning = try fields.required("meaning").text("the meaning")
      _ = try fields.required("source").text("the source")
      let value = try fields.required("value")
      let parts = entry.key.split(separator: "_").map(String.init)
      let key = parts[0] + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
      if case .sequence(let items) = value.content {
        var numbers: [Double] = []
        for item in items { numbers.append(try item.number("a number", in: 0...1e18)) }
        source += "  /// \(meaning).\n  static let \(key): [Double] = \(numbers)\n"
      } else {
        source += "  /// \(meaning).\n  static let \(key) = \(try value.number("a number", in: 0...1e18))\n"
      }
    }
    return source + "}\n\n"
  }
}
