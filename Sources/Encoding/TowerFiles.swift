internal import Documents
internal import Tensors

/// The safetensors files of a folder and which tensor lies in which.
struct TowerFiles {
  /// The tensors of the whole model, by name; those of a vision tower begin with `prefix`.
  private let tensors: [String: (tensor: StoredTensor, path: String)]
  /// What stands before a tensor's name of its own, for example `vision_model.`.
  private let prefix: String
  /// The file that lists the tensors, for errors.
  private let list: String

  private static let (single, index) = ("model.safetensors", "model.safetensors.index.json")
  /// Indices are a few hundred kilobytes.
  private static let indexLimit = 16_000_000
  /// Of several towers in one file the first of these is taken.
  private static let prefixes = [
    "vision_model.", "vision_tower.vision_model.", "model.vision_tower.vision_model.", "", "image_tower.vision_model.",
    "model.image_tower.vision_model.",
  ]
  /// A tensor that CLIP's vision tower has and no other part of a model.
  private static let landmark = "embeddings.class_embedding"

  /// What the names of a tower's tensors begin with, behind the prefix.
  private static let parts = ["embeddings.", "pre_layrnorm.", "encoder.layers."]

  /// Opens what a folder has of `model.safetensors`, or the files that `model.safetensors.index.json` lists.
  ///
  /// - Throws: `Diagnostic` if there is neither, a file is not sound, or no tower is in them.
  init(folder: String) throws(Diagnostic) {
    var tensors: [String: (tensor: StoredTensor, path: String)] = [:]
    if Files.exists("\(folder)/\(Self.single)") {
      let path = "\(folder)/\(Self.single)"
      list = path
      let file = try SafetensorsFile(path: path)
      for name in file.names { tensors[name] = file.stored(name).map { ($0, path) } }
      prefix = try Self.prefix(file.names, list)
    } else if Files.exists("\(folder)/\(Self.index)") {
      list = "\(folder)/\(Self.index)"
      let places = try Self.places(list)
      let prefix = try Self.prefix(places.map(\.key), list)
      self.prefix = prefix
      var files: [String: SafetensorsFile] = [:]
      let wanted = Self.parts.map { prefix + $0 }
      // Those with other parts of the model are not opened, but as little to be replaced.
      InputFiles.add(Set(places.compactMap { try? Self.fileName($0.value) }).map { "\(folder)/\($0)" })
      for place in places where wanted.contains(where: place.key.hasPrefix) {
        let path = "\(folder)/\(try Self.fileName(place.value))"
        let file: SafetensorsFile
        if let open = files[path] { file = open } else { file = try SafetensorsFile(path: path) }
        files[path] = file
        guard let tensor = file.stored(place.key) else {
          throw place.value.error("\(path) has no tensor \"\(place.key)\"")
        }
        tensors[place.key] = (tensor, path)
      }
    } else {
      throw Self.nothing(folder)
    }
    self.tensors = tensors
  }

  /// The entries of an index, tensor to file.
  private static func places(_ path: String) throws(Diagnostic) -> [Node.Entry] {
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

  private static func prefix(_ names: [String], _ path: String) throws(Diagnostic) -> String {
    let known = Set(names)
    if let prefix = prefixes.first(where: { known.contains($0 + landmark) }) { return prefix }
    let found = names.filter { $0.hasSuffix(".\(landmark)") }
    if found.count == 1, let name = found.first { return String(name.dropLast(landmark.count)) }
    let what = found.isEmpty ? "no" : "several tensors that could be"
    throw Diagnostic(file: path, "holds \(what) \"\(landmark)\" of a CLIP vision tower")
  }

  private static func nothing(_ folder: String) -> Diagnostic {
    guard Files.exists("\(folder)/pytorch_model.bin") || Files.exists("\(folder)/pytorch_model.bin.index.json") else {
      return Diagnostic(
        file: folder, "has neither \(single) nor \(index); expected the folder of a Hugging Face model with its weights"
      )
    }
    return Diagnostic(
      file: "\(folder)/pytorch_model.bin",
      "is pickled Python, which is not read here; convert it: python3 -c \"from transformers import CLIPVisionModel; "
        + "CLIPVisionModel.from_pretrained('\(folder)').save_pretrained('\(folder)')\"")
  }

  /// The tensor of the tower that is called `name` in it.
  ///
  /// - Throws: `Diagnostic` if it is missing, of another shape, or not of F32, F16 or BF16 numbers.
  func tensor(_ name: String, _ shape: [Int]) throws(Diagnostic) -> TowerTensor {
    let name = prefix + name
    guard let (tensor, path) = tensors[name] else {
      throw Diagnostic(file: list, "lacks the tensor \"\(name)\" of shape \(shape), which config.json asks for")
    }
    guard tensor.shape == shape else {
      throw Diagnostic(
        file: path, "the tensor \"\(name)\" has the shape \(tensor.shape); config.json asks for \(shape)")
    }
    guard let stored = TowerTensor(tensor, path: path) else {
      throw Diagnostic(
        file: path, "the tensor \"\(name)\" is stored as \(tensor.type.rawValue); expected F32, F16 or BF16")
    }
    return stored
  }
}
