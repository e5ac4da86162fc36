internal import Configurations
internal import Documents
internal import Tensors

/// The safetensors files of a folder, opened as their tensors are asked for.
final class TowerFiles {
  /// The files that tensors are in, by name, and where an index says so.
  private let places: [String: Place]
  /// What stands before a tensor's name of its own, for example `vision_model.`.
  private let prefix: String
  /// The file that lists the tensors, for errors.
  private let list: String
  private var files: [String: SafetensorsFile] = [:]

  /// Where a tensor is.
  private enum Place {
    case file(String)
    case entry(Node)
  }

  private static let (single, index) = ("model.safetensors", "model.safetensors.index.json")
  /// Indices are a few hundred kilobytes.
  private static let indexLimit = 16_000_000
  private let folder: String

  /// Opens what a folder has of `model.safetensors`, or the index of the files that `model.safetensors.index.json` lists.
  ///
  /// - Throws: `Diagnostic` if there is neither, a file is not sound, or no such tower is in them.
  init(folder: String, _ tower: TowerDescription) throws(Diagnostic) {
    self.folder = folder
    if Files.exists("\(folder)/\(Self.single)") {
      let path = "\(folder)/\(Self.single)"
      let file = try SafetensorsFile(path: path)
      list = path
      files[path] = file
      places = Dictionary(file.names.map { ($0, .file(path)) }, uniquingKeysWith: { first, _ in first })
    } else if Files.exists("\(folder)/\(Self.index)") {
      list = "\(folder)/\(Self.index)"
      let entries = try Self.entries(list)
      // Those with other parts of the model are not opened, but as little to be replaced.
      InputFiles.add(Set(entries.compactMap { try? Self.fileName($0.value) }).map { "\(folder)/\($0)" })
      places = Dictionary(entries.map { ($0.key, .entry($0.value)) }, uniquingKeysWith: { first, _ in first })
    } else {
      throw Self.nothing(folder)
    }
    prefix = try Self.prefix([String](places.keys), tower, list)
  }

  /// The entries of an index, tensor to file.
  private static func entries(_ path: String) throws(Diagnostic) -> [Node.Entry] {
    let root = try JSON.parse(Files.readText(path, limit: indexLimit), file: path)
    guard let map = try root.entries("the index").first(where: { $0.key == "weight_map" })?.value else {
      throw root.error("the index lacks \"weight_map\", which says what tensor is in which file")
    }
    return try map.entries("\"weight_map\"")
  }

  /// The name of a file beside the index.
  private static func fileName(_ node: Node) throws(Diagnostic) -> String {
    let name = try node.text("a file")
    guard !name.isEmpty, !name.hasPrefix("."), !name.unicodeScalars.contains(where: { $0 == "/" || $0 == "\0" }) else {
      throw node.error("expected the name of a file beside the index, found \(node.summary)")
    }
    return name
  }

  private static func prefix(_ names: [String], _ tower: TowerDescription, _ path: String) throws(Diagnostic) -> String
  {
    let (known, landmark) = (Set(names), tower.names.landmark)
    if let prefix = tower.names.prefixes.first(where: { known.contains($0 + landmark) }) { return prefix }
    let found = names.filter { $0.hasSuffix(".\(landmark)") }
    if found.count == 1, let name = found.first { return String(name.dropLast(landmark.count)) }
    let what = found.isEmpty ? "no" : "several tensors that could be"
    throw Diagnostic(file: path, "holds \(what) \"\(landmark)\" of a \(tower.kind) vision tower")
  }

  private static func nothing(_ folder: String) -> Diagnostic {
    guard Files.exists("\(folder)/pytorch_model.bin") || Files.exists("\(folder)/pytorch_model.bin.index.json") else {
      return Diagnostic(
        file: folder, "has neither \(single) nor \(index); expected the folder of a Hugging Face model with its weights"
      )
    }
    return Diagnostic(
      file: "\(folder)/pytorch_model.bin",
      "is pickled Python, which is not read here; convert it: python3 -c \"from transformers import AutoModel; "
        + "AutoModel.from_pretrained('\(folder)').save_pretrained('\(folder)')\"")
  }

  /// The whole name of a tensor: behind the prefix or, where it begins with a slash, as it is or in `model`.
  private func whole(_ name: String) -> String {
    guard name.hasPrefix("/") else { return prefix + name }
    let name = String(name.dropFirst())
    return places[name] == nil && places["model.\(name)"] != nil ? "model.\(name)" : name
  }

  /// Whether there is a tensor of this name.
  func holds(_ name: String) -> Bool { places[whole(name)] != nil }

  /// The tensor of the tower that is called `name` in it.
  ///
  /// - Parameter shape: the expected one; dimensions of 1 may stand before it.
  /// - Throws: `Diagnostic` if it is missing, of another shape, or not of F32, F16 or BF16 numbers.
  func tensor(_ name: String, _ shape: [Int]) throws(Diagnostic) -> TowerTensor {
    let name = whole(name)
    guard let place = places[name] else {
      throw Diagnostic(file: list, "lacks the tensor \"\(name)\" of shape \(shape), which config.json asks for")
    }
    let path =
      switch place {
      case .file(let path): path
      case .entry(let node): "\(folder)/\(try Self.fileName(node))"
      }
    let file: SafetensorsFile
    if let open = files[path] { file = open } else { file = try SafetensorsFile(path: path) }
    files[path] = file
    guard let tensor = file.stored(name) else {
      let message = "\(path) has no tensor \"\(name)\""
      if case .entry(let node) = place { throw node.error(message) }
      throw Diagnostic(file: list, message)
    }
    guard [Int](tensor.shape.drop { $0 == 1 }) == [Int](shape.drop { $0 == 1 }) else {
      throw Diagnostic(
        file: path, "the tensor \"\(name)\" has the shape \(tensor.shape); config.json asks for \(shape)")
    }
    guard let stored = TowerTensor(tensor, shape: shape, path: path) else {
      throw Diagnostic(
        file: path, "the tensor \"\(name)\" is stored as \(tensor.type.rawValue); expected F32, F16 or BF16")
    }
    return stored
  }
}
