import Architectures
import Documents
import Encoding
import Foundation
import Reduction
import Tensors
import Testing

/// Differences of rounding only, as in `TowerTests`; norms of tiny variances stretch them.
private let tolerance: Float = 5e-5

/// Towers of other kinds than CLIP's, which `Fixtures/make_families.py` made with what transformers says of their pixels.
@Suite("A tower of another kind")
struct FamilyTests {
  static let names = ["siglip", "naflex", "dinov2", "internvit", "internvl", "qwen2_vl", "qwen2_5_vl", "qwen3_vl"]

  /// Windows that do not divide the grid, two frames, grids that are no squares, positions resampled both ways, gates, scales,
  /// norms of queries and keys, mergers, deepstack; on one and on several threads.
  @Test(arguments: names, [1, 3])
  func hasTheStatesOfTransformers(name: String, threads: Int) throws {
    let (image, file) = (try Towers.encode(name, threads: threads, states: true), try Towers.file(name))
    let states = try #require(image.states)
    #expect(error(states.penultimate, try file.matrix("penultimate")) < tolerance)
    #expect(error(states.last, try file.matrix("last")) < tolerance)
    #expect((image.merged != nil) == file.names.contains("merged"))
    if let merged = image.merged { #expect(error(merged, try file.matrix("merged")) < tolerance) }
    let deepstack = file.names.filter { $0.hasPrefix("deepstack") }
    #expect(states.deepstack.count == deepstack.count)
    for (found, name) in zip(states.deepstack, deepstack) { #expect(error(found, try file.matrix(name)) < tolerance) }
  }

  /// Of the attention that each patch gets only the sum is known without another program: all of it.
  @Test(arguments: ["siglip", "naflex", "qwen2_vl", "qwen2_5_vl", "qwen3_vl"])
  func givesFeaturesWithoutAClassToken(name: String) throws {
    let image = try Towers.encode(name)
    let attention = try #require(image.meanAttention)
    #expect(abs(attention.reduce(0, +) - 1) < 1e-5)
    #expect(attention.count == image.tokens.rows && image.keys.rows == image.tokens.rows)
    let features = try image.features()
    #expect(!features.hasClassToken && features.patches == image.grid.rows * image.grid.columns)
    #expect(features.keys.rows == image.keys.rows + 1)
  }

  /// What a merger makes is what reducers work on, whether all states are wanted or not.
  @Test func givesReducersWhatEntersTheLanguageModel() throws {
    for name in ["qwen2_vl", "qwen2_5_vl", "internvl"] {
      let merged = try Towers.file(name).matrix("merged")
      let image = try Towers.encode(name)
      #expect(error(image.tokens, merged) < tolerance)
      #expect(image.states == nil && !image.hasClassToken)
      #expect(try Reducers.named("divprune:0.5").reduce(image.features()).tokens.columns == merged.columns)
    }
  }

  /// Behind SigLIP's last norm, as `last` is; a perceptron reads what stands before it.
  private func normed(_ tokens: Matrix) throws -> Matrix {
    let weights = try SafetensorsFile(path: Towers.folder("siglip") + "/model.safetensors")
    let name = try #require(weights.names.first { $0.hasSuffix("post_layernorm.weight") }).dropLast(7)
    let (scale, shift) = (try weights.tensor(named: "\(name).weight"), try weights.tensor(named: "\(name).bias"))
    var numbers: [Float] = []
    for row in 0..<tokens.rows {
      let token = [Float](tokens.row(row))
      let mean = token.reduce(0, +) / Float(token.count)
      let variance = token.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(token.count)
      for (column, number) in token.enumerated() {
        numbers.append(
          (number - mean) / (variance + 1e-6).squareRoot() * scale.elements[column] + shift.elements[column])
      }
    }
    return try #require(Matrix(columns: tokens.columns, elements: numbers))
  }

  @Test("gives reducers what LLaVA-OneVision reads: the last layer's output, unless its configuration names another")
  func givesReducersTheLayerThatIsRead() throws {
    let file = try Towers.file("siglip")
    let own = try String(contentsOfFile: Towers.folder("siglip") + "/config.json", encoding: .utf8)
    for (key, state) in [("", "last"), ("\"vision_feature_layer\": -2,", "penultimate")] {
      let tower = try BrokenTower(of: "siglip")
      let config = """
        {"architectures": ["LlavaOnevisionForConditionalGeneration"], \(key) "text_config": {"hidden_size": 20},
        "vision_config": \(own)}
        """
      try tower.write("config.json", config.utf8)
      let image = try Towers.encode("siglip", folder: tower.path)
      let tokens = state == "last" ? try normed(image.tokens) : image.tokens
      #expect(error(tokens, try file.matrix(state)) < tolerance, "\(state)")
      #expect((image.penultimateKeys == nil) == (state == "last"))
      #expect(try Reducers.named("fastervlm:9").reduce(image.features()).tokens.rows == 9)
    }
  }

  @Test("whose heads cannot be rotated by row and column is refused where they are counted")
  func headsOfOddWidths() throws {
    // Four heads in a width of 24 are 6 wide: three numbers for rows make no pairs.
    let tower = try BrokenTower(of: "qwen2_5_vl")
    try tower.replace("\"num_heads\": 2", by: "\"num_heads\": 4", in: "config.json")
    let failure = try #require(try tower.failure("qwen2_5_vl"))
    #expect(failure.contains("config.json:16:16: error: 4 heads in a width of 24 are 6 wide"))
  }

  @Test("is the same from its own features file")
  func again() throws {
    let tower = try VisionTower(folder: Towers.folder("qwen2_5_vl"))
    let pixels = try Towers.file("qwen2_5_vl").pixels(for: tower.description)
    let picture = try Towers.picture("qwen2_5_vl", states: true)
    let image = picture.first
    let path = NSTemporaryDirectory() + "roofline-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try picture.write(to: path, pixels: pixels)
    let read = try SafetensorsFile(path: path).pixels(for: tower.description).tiles[0]
    #expect(read.values == pixels.tiles[0].values && read.frames == 2 && (read.grid.rows, read.grid.columns) == (6, 10))
    let features = try VisualFeatures(contentsOf: path)
    #expect(features.meanAttention == image.meanAttention && features.tokens.columns == 20 && features.width == 24)
    #expect(features.grid == VisualFeatures.Grid(rows: 6, columns: 5))
  }

  @Test("says what is wrong with rows of patches")
  func refusals() throws {
    let tower = try VisionTower(folder: Towers.folder("qwen2_vl")).description
    func failure(_ shape: [Int], _ grid: [Int32]?, _ name: String = "grid_thw") throws -> String {
      let path = NSTemporaryDirectory() + "roofline-\(UUID().uuidString).safetensors"
      defer { try? FileManager.default.removeItem(atPath: path) }
      let values = try #require(Tensor(shape: shape, elements: [Float](repeating: 0, count: shape.reduce(1, *))))
      let sides = try grid.map { try #require(Tensor(shape: [1, $0.count], elements: $0)) }
      try Safetensors.write(
        floats: ["pixel_values": values], integers: sides.map { [name: $0] } ?? [:], to: path)
      do {
        _ = try SafetensorsFile(path: path).pixels(for: tower)
        return ""
      } catch { return "\(error)" }
    }
    #expect(try failure([24, 96], [1, 4, 6]) == "")
    #expect(try failure([24, 96], nil).contains("give a tensor grid_thw"))
    #expect(try failure([24, 95], [1, 4, 6]).contains("expects [patches, 96]"))
    #expect(try failure([3, 8, 12], [1, 4, 6]).contains("expects [patches, 96]"))
    for grid: [Int32] in [[1, 4, 7], [2, 4, 6], [1, 3, 8], [0, 4, 6]] {
      #expect(try failure([24, 96], grid).contains("that does not fit"), "\(grid)")
    }
    for grid: [Int32] in [[1, -4, 6], [24], [1, 1, 4, 6], [1, 0, 0], [1, .max, .max]] {
      #expect(try failure([24, 96], grid).contains("expected frames, rows and columns"), "\(grid)")
    }
  }

  @Test("names the weights that are no numbers, in mergers too")
  func nonFiniteWeights() throws {
    for name in ["internvl", "qwen3_vl", "dinov2"] {
      let tower = try BrokenTower(of: name)
      let bytes = try tower.bytes("model.safetensors")
      let data = 8 + bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
      let header = try #require(JSONSerialization.jsonObject(with: Data(bytes[8..<data])) as? [String: Any])
      for (tensor, entry) in header where tensor != "__metadata__" && !tensor.hasSuffix("mask_token") {
        let offsets = try #require((entry as? [String: Any])?["data_offsets"] as? [Int])
        var broken = bytes
        // NaN in half precision.
        broken.replaceSubrange(data + offsets[1] - 2..<data + offsets[1], with: [0, 0x7E])
        try tower.write("model.safetensors", broken)
        let message: String?
        do {
          _ = try Towers.encode(name, folder: tower.path, states: true)
          message = nil
        } catch let error as Diagnostic { message = error.description }
        // The last position of a resampled table may have no weight in a small grid.
        if tensor.contains("pos") && message == nil { continue }
        #expect(message?.contains("the tensor \"\(tensor)\" holds nan in row ") == true, "\(name) \(tensor)")
      }
    }
  }
}
