public import Documents
internal import Tensors

extension VisualFeatures {
  /// The features in the safetensors file at `path`.
  ///
  /// It holds `keys` [n + 1, C], `cls_query` [C] and `tokens` [n + 1, C] in F32, F16 or BF16, the class token first.
  /// It may hold `penultimate_keys` [n + 1, C] and `penultimate_cls_query` [C], those of the layer before.
  /// With `mean_attention` [n] there is no class token: matrices have n rows, tokens may have another width than keys, and
  /// `cls_query` is the mean of all queries.
  /// The metadata may say how the n patches lie (`grid`, as in `12x48`; else n is a square) and how many attention
  /// `heads` there are (else C / 64).
  /// - Throws: `Diagnostic` if the file is not sound, lacks a tensor, or the tensors do not fit each other.
  public init(contentsOf path: String) throws(Diagnostic) {
    let file = try SafetensorsFile(path: path)
    if let tiles = file.metadata["tiles"] {
      throw Diagnostic(
        file: path,
        "holds the features of \(tiles) tiles, and reducers look at each by itself; give them the picture (--image)")
    }
    try self.init(
      name: path, keys: try Self.matrix("keys", in: file), classQuery: try Self.row("cls_query", in: file),
      tokens: try Self.matrix("tokens", in: file), penultimateKeys: try Self.optional("penultimate_keys", in: file),
      penultimateClassQuery: try Self.optionalRow("penultimate_cls_query", in: file),
      meanAttention: try Self.optionalRow("mean_attention", in: file), grid: try Self.grid(in: file),
      heads: try Self.heads(in: file))
  }

  private static func optional(_ name: String, in file: SafetensorsFile) throws(Diagnostic) -> Matrix? {
    file.names.contains(name) ? try matrix(name, in: file) : nil
  }

  private static func optionalRow(_ name: String, in file: SafetensorsFile) throws(Diagnostic) -> [Float]? {
    file.names.contains(name) ? try row(name, in: file) : nil
  }

  private static func matrix(_ name: String, in file: SafetensorsFile) throws(Diagnostic) -> Matrix {
    let tensor = try file.tensor(named: name)
    guard tensor.shape.count == 2, let matrix = Matrix(columns: tensor.shape[1], elements: tensor.elements) else {
      throw Diagnostic(file: file.path, "\(name) has the shape \(tensor.shape); expected [patches + 1, width]")
    }
    return matrix
  }

  private static func row(_ name: String, in file: SafetensorsFile) throws(Diagnostic) -> [Float] {
    let tensor = try file.tensor(named: name)
    guard tensor.shape.count == 1 else {
      throw Diagnostic(file: file.path, "\(name) has the shape \(tensor.shape); expected [width]")
    }
    return tensor.elements
  }

  private static func grid(in file: SafetensorsFile) throws(Diagnostic) -> Grid? {
    guard let text = file.metadata["grid"] else { return nil }
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let rows = sides[0], let columns = sides[1] else {
      throw Diagnostic(file: file.path, "the metadata's grid is \"\(text)\"; expected ROWSxCOLUMNS, as in \"24x24\"")
    }
    return Grid(rows: rows, columns: columns)
  }

  private static func heads(in file: SafetensorsFile) throws(Diagnostic) -> Int? {
    guard let text = file.metadata["heads"] else { return nil }
    guard let heads = Int(text) else {
      throw Diagnostic(file: file.path, "the metadata's heads is \"\(text)\"; expected a whole number")
    }
    return heads
  }
}
