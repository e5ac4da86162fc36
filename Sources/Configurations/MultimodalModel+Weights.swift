public import Architectures
public import Documents
internal import Operators
internal import Quantities
internal import Tensors

extension MultimodalModel {
  /// Takes what the safetensors files in a folder hold, by their headers, for the checkpoint's format; nothing where there
  /// are none.
  ///
  /// Where an index names the files, those are looked at, and of an index alone its total is taken; else
  /// `model.safetensors`, else all there are.
  /// - Throws: `Diagnostic` for a header that is not sound, an index that is not, or some of its files missing.
  public mutating func readSafetensors(in folder: String) throws(Diagnostic) {
    let names = try Files.names(in: folder, suffixes: [".safetensors"])
    let indexPath = "\(folder)/model.safetensors.index.json"
    var chosen = names.contains("model.safetensors") ? ["model.safetensors"] : names
    if Files.exists(indexPath) {
      let index = try SafetensorsIndex(path: indexPath)
      let missing = index.files.filter { !names.contains($0) }
      if missing.count == index.files.count {
        if let total = index.totalSize {
          notes.append(
            "weights of \(Bytes(Double(total))) by the index alone, without formats: their files are not there")
        }
        return
      }
      if let first = missing.first {
        throw Diagnostic(file: indexPath, "names \(first), which is not beside it; \(missing.count) files are missing")
      }
      chosen = index.files
    }
    guard !chosen.isEmpty else { return }
    var stored = StoredWeights()
    for name in chosen {
      for tensor in try SafetensorsFile(path: "\(folder)/\(name)").contents {
        stored.add(
          tensor.name, format: tensor.type.rawValue, elements: tensor.shape.reduce(1, *), bytes: tensor.byteCount)
      }
    }
    take(stored, files: chosen.count)
  }

  /// Takes what the files of a checkpoint hold for its format. The bits of a weight are the mean over the products of the
  /// language model's layers, those that are not converted apart.
  ///
  /// `areNumbersCounted` says whether files count the numbers of packed formats as well.
  mutating func take(_ weights: StoredWeights, files: Int, areNumbersCounted: Bool = false) {
    var stored = weights
    stored.finish()
    let plain = stored.formats.first { ["F32", "F16", "BF16"].contains($0.name) }?.name
    let base: NumberFormat = plain == "F32" && stored.isPlain ? .fp32 : plain == "F16" ? .fp16 : .bf16
    var checkpoint =
      checkpoint ?? Checkpoint(precision: Precision(base), text: "", plainParts: [])
    checkpoint.precision.name = "checkpoint"
    checkpoint.precision.isCheckpoint = true
    let formats = stored.formats.prefix(4).map { "\(Bytes(Double($0.bytes))) \($0.name)" }.joined(separator: ", ")
    let others = stored.formats.count > 4 ? " and \(stored.formats.count - 4) formats more" : ""
    let text = "\(files) \(files == 1 ? "file" : "files") of \(Bytes(Double(stored.bytes))): \(formats)\(others)"
    checkpoint.isDefault = !checkpoint.text.isEmpty || !stored.isPlain
    checkpoint.text += checkpoint.text.isEmpty ? text : "; \(text)"
    self.checkpoint = checkpoint
    if let language, let converted = asStored.language?.parameters.converted, converted > 0 {
      let kept = language.parameters.converted - converted
      let bits = 8 * (Double(stored.productBytes) - kept * base.bits / 8) / converted
      if (0.1...64).contains(bits) { checkpoint.precision.weightBits = bits }
    }
    if let bits = stored.headBits { checkpoint.precision.unquantizedWeightBits = bits }
    checkpoint.stored = stored
    self.checkpoint = checkpoint
    if areNumbersCounted || stored.isPlain, Double(stored.elements) != parameterCount {
      notes.append(
        "the files hold \(stored.elements) numbers, the configuration describes \(parameterCount.shortest) parameters")
    }
  }
}

/// The index of a checkpoint of several safetensors files.
private struct SafetensorsIndex {
  /// The files, each once, in order.
  var files: [String]
  /// The bytes of all tensors, where it says so.
  var totalSize: Int?

  init(path: String) throws(Diagnostic) {
    let node = try JSON.parse(Files.readText(path, limit: 1 << 26), file: path, asPython: true)
    let fields = try ConfigFields(node, "the index")
    let key = "weight_map"
    guard let map = fields[key] else { throw node.error("the index lacks \"\(key)\"") }
    var names: Set<String> = []
    for entry in try map.entries("\"\(key)\"") {
      let name = try entry.value.text("a file's name")
      guard !name.contains("/"), name.lowercased().hasSuffix(".safetensors") else {
        throw entry.value.error(
          "expected the name of a safetensors file beside the index, found \(entry.value.summary)")
      }
      names.insert(name)
    }
    files = names.sorted()
    totalSize = try fields.part("metadata").optionalInteger("total_size", in: 0...Int.max, default: nil)
  }
}
