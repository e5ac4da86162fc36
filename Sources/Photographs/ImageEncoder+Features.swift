package import Documents
internal import Encoding

extension ImageEncoder {
  /// The features file of a picture, as `roofline encode` writes it.
  ///
  /// - Throws: `Diagnostic` if the picture cannot be read, or the encoder cannot run.
  package func featuresFile(ofPictureAt path: String) throws(Diagnostic) -> [UInt8] {
    let photograph = try Photograph(path, for: ImageRunner(self))
    return try photograph.encoded().safetensors(pixels: photograph.pixels())
  }
}
