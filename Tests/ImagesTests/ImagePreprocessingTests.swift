import Documents
import Testing

@testable import Images

struct ImagePreprocessingTests {
  private func read(_ text: String) throws -> ImagePreprocessing {
    try ImagePreprocessing(JSON.parse(Array(text.utf8), file: "p.json"))
  }

  /// transformers' numbers, bit for bit.
  @Test func givesTheValuesThatTransformersGives() throws {
    for expected in try Fixtures.expected().preprocessed {
      let image = try Image(contentsOf: Fixtures.path(expected.file))
      let values = try read(expected.configuration).pixelValues(of: image)
      let name: Comment = "\(expected.file), \(expected.configuration)"
      #expect((values.height, values.width) == (expected.height, expected.width), name)
      #expect(values.values.withUnsafeBytes(checksum) == expected.values, name)
    }
  }

  @Test func readsWhatTheHubHas() throws {
    // As openai/clip-vit-large-patch14-336 has it, which is older than the names of today.
    let old = try read(
      """
      {"crop_size": 336, "do_center_crop": true, "do_normalize": true, "do_resize": true,
       "feature_extractor_type": "CLIPFeatureExtractor", "image_mean": [0.48145466, 0.4578275, 0.40821073],
       "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3, "size": 336}
      """)
    var expected = ImagePreprocessing.clip
    expected.size = .shortestEdge(336)
    expected.crop = .init(height: 336, width: 336)
    #expect(old == expected)
    #expect(try read(#"{"image_processor_type": "CLIPImageProcessorFast", "size": null, "unknown": 1}"#) == .clip)
    #expect(try read(#"{"image_processor_type": "SiglipImageProcessor"}"#) == .siglip)
    #expect(try read(#"{"size": [30, 40], "image_mean": 0.5}"#).size == .exactly(height: 30, width: 40))
  }

  /// Heights and widths by `smart_resize(h, w, 28, 3136, 117600)` and `get_image_size_for_max_num_patches(h, w, 16, 256)` of
  /// transformers 5.24.0.
  @Test func resizesToWholeCellsAsTransformersDoes() throws {
    let qwen = try read(
      #"{"image_processor_type": "Qwen2VLImageProcessor", "min_pixels": 3136, "size": {"longest_edge": 117600}}"#)
    let naFlex = try read(#"{"image_processor_type": "Siglip2ImageProcessor"}"#)
    #expect(qwen.size == .cells(28, minimum: 3136, maximum: 117_600))
    for (height, width, cells, patches) in [
      (480, 640, (280, 392), (224, 288)), (3, 6, (56, 84), (176, 352)), (1000, 37, (1008, 28), (1312, 48)),
      (2000, 3000, (280, 420), (208, 304)), (13, 2599, (28, 812), (16, 3200)),
    ] {
      let (first, second) = (
        try qwen.resizedSize(height: height, width: width), try naFlex.resizedSize(height: height, width: width)
      )
      #expect(first == cells, "\(height) x \(width)")
      #expect(second == patches, "\(height) x \(width)")
    }
    #expect(throws: Diagnostic.self) { try qwen.resizedSize(height: 9, width: 1801) }
  }

  @Test func refusesWhatItDoesNotDo() throws {
    let refused = [
      (
        #"{"size": {"shortest_edge": 0}}"#,
        "p.json:1:28: error: expected shortest_edge to be a whole number from 1 to 8192"
      ),
      (#"{"size": {"longest_edge": 9}}"#, "p.json:1:27: error: a size with a longest edge is not computed here"),
      (#"{"size": {"height": 9}}"#, "p.json:1:10: error: expected size to have height and width"),
      (#"{"size": [1, 2, 3]}"#, "p.json:1:10: error: expected size to be height and width, found 3 items"),
      (#"{"resample": 6}"#, "p.json:1:14: error: expected resample to be a whole number from 0 to 5"),
      (#"{"crop_size": 100000}"#, "p.json:1:15: error: expected crop_size to be a whole number from 1 to 8192"),
      (#"{"image_std": [0, 1, 1]}"#, "p.json:1:16: error: expected image_std to be a number from 0.001"),
      (#"{"image_std": [1, 1, 1001]}"#, "p.json:1:22: error: expected image_std to be a number from 0.001 to 1000"),
      (#"{"image_mean": 1001}"#, "p.json:1:16: error: expected image_mean to be a number from -1000"),
      (#"{"rescale_factor": 0}"#, "p.json:1:20: error: expected rescale_factor to be a number from 1e-06 to 1"),
      (#"{"rescale_factor": 255}"#, "p.json:1:20: error: expected rescale_factor to be a number from 1e-06 to 1"),
      (#"{"image_mean": [0, 1]}"#, "p.json:1:16: error: expected image_mean to be three numbers, found 2"),
      (#"{"do_pad": true}"#, "p.json:1:12: error: padding (do_pad) is not done here"),
      (#"{"crop_to_patches": 2}"#, "p.json:1:21: error: expected crop_to_patches to be true or false"),
      (
        #"{"image_processor_type": "LlavaNextImageProcessor", "crop_size": {"height": 3, "width": 4}}"#,
        "p.json:1:1: error: tiles are squares"
      ),
      (
        #"{"image_processor_type": "LlavaNextImageProcessor", "image_grid_pinpoints": []}"#,
        "p.json:1:77: error: expected 1 to 1024 resolutions"
      ),
      (#"{"do_resize": 1}"#, "p.json:1:15: error: expected do_resize to be true or false"),
      (#"{"image_processor_type": "FlavaImageProcessor"}"#, "p.json:1:26: error: the image processor"),
      (
        #"{"image_processor_type": "SiglipImageProcessor", "do_center_crop": true}"#,
        "p.json:1:1: error: do_center_crop"
      ),
      ("[]", "p.json:1:1: error: expected the configuration of the preprocessing to be a mapping"),
    ]
    for (text, start) in refused {
      let error = diagnostic { try read(text) }
      #expect(error?.hasPrefix(start) == true, "\(text): \(error ?? "")")
    }
  }

  @Test func refusesLinesAndWhatGrowsTooLarge() throws {
    let line = try Image(width: 1, height: 100_000, pixels: [UInt8](repeating: 9, count: 300_000))
    #expect(throws: Diagnostic.self) { try ImagePreprocessing.clip.crop(of: line) }
    var uncropped = ImagePreprocessing.clip
    uncropped.crop = nil
    uncropped.size = .shortestEdge(8192)
    let flat = try Image(width: 100, height: 1000, pixels: [UInt8](repeating: 9, count: 300_000))
    #expect(throws: Diagnostic.self) { try uncropped.crop(of: flat) }
    #expect(try ImagePreprocessing.clip.crop(of: flat).pixels == [UInt8](repeating: 9, count: 3 * 224 * 224))
  }

  @Test func takesValuesMadeElsewhere() throws {
    #expect(try PixelValues(height: 1, width: 2, values: [1, 2, 3, 4, 5, 6]).values.count == 6)
    #expect(throws: Diagnostic.self) { try PixelValues(height: 1, width: 2, values: [1, 2, 3, 4, 5]) }
    #expect(throws: Diagnostic.self) { try PixelValues(height: .max, width: .max, values: []) }
    #expect(throws: Diagnostic.self) { try PixelValues(height: 0, width: 0, values: []) }
  }
}
