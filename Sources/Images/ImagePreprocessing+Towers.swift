internal import Architectures

extension ImagePreprocessing {
  /// The defaults of transformers' `Qwen2VLImageProcessor`, which Qwen2-VL and Qwen2.5-VL have, for cells of so many pixels.
  package static func qwen(cell: Int) -> ImagePreprocessing {
    var preprocessing = ImagePreprocessing.clip
    preprocessing.size = .cells(cell, minimum: 56 * 56, maximum: 28 * 28 * 1280)
    preprocessing.crop = nil
    return preprocessing
  }

  /// Qwen3-VL's, as its `preprocessor_config.json` on the hub has it, for cells of so many pixels: of SigLIP's normalisation.
  package static func qwen3(cell: Int) -> ImagePreprocessing {
    var preprocessing = qwen(cell: cell)
    (preprocessing.size, preprocessing.normalization) =
      (.cells(cell, minimum: 65_536, maximum: 16_777_216), ImagePreprocessing.siglip.normalization)
    return preprocessing
  }

  /// The defaults of transformers' `Siglip2ImageProcessor`.
  package static func naFlex(patchSize: Int) -> ImagePreprocessing {
    var preprocessing = ImagePreprocessing.siglip
    (preprocessing.size, preprocessing.filter) = (.patches(patchSize, most: 256), .bilinear)
    return preprocessing
  }

  /// The defaults of transformers' `GotOcr2ImageProcessor`, which InternVL has, one tile of 384 pixels.
  package static let internViT: ImagePreprocessing = {
    var preprocessing = ImagePreprocessing.clip
    (preprocessing.size, preprocessing.crop) = (.exactly(height: 384, width: 384), nil)
    return preprocessing
  }()

  /// The defaults of transformers' `LlavaNextImageProcessor`: tiles of CLIP's.
  package static let llavaNext: ImagePreprocessing = {
    var preprocessing = ImagePreprocessing.clip
    let sides = [(336, 672), (672, 336), (672, 672), (1008, 336), (336, 1008)]
    let tiling = ImageTiling(resolutions: sides.map { ImageSize(width: $0.1, height: $0.0) })
    preprocessing.tiling = .resolutions(tiling)
    return preprocessing
  }()

  /// The defaults of transformers' `LlavaOnevisionImageProcessor`: up to six by six tiles of 384 pixels.
  package static let llavaOneVision: ImagePreprocessing = {
    var preprocessing = ImagePreprocessing.internViT
    let sides = (1...6).flatMap { down in (1...6).map { ImageSize(width: $0 * 384, height: down * 384) } }
    preprocessing.tiling = .resolutions(ImageTiling(resolutions: sides))
    return preprocessing
  }()

  /// Means and deviations of ImageNet.
  package static let imageNet = Normalization(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

  /// DINOv2's, as its `preprocessor_config.json` on the hub has it.
  package static let dino2: ImagePreprocessing = {
    var preprocessing = ImagePreprocessing.clip
    (preprocessing.size, preprocessing.normalization) = (.shortestEdge(256), imageNet)
    return preprocessing
  }()

  /// The defaults of transformers' `ViTImageProcessor`.
  package static let viT: ImagePreprocessing = {
    var preprocessing = ImagePreprocessing.siglip
    preprocessing.filter = .bilinear
    return preprocessing
  }()
}
