public import Architectures

extension Question {
  /// The sizes of the pictures of one request: one or, with a plus between them, several; `any` for the model's usual one.
  public struct PictureSizes: Sendable, Hashable, CustomStringConvertible {
    /// The size of each; none for the model's usual one.
    public var sizes: [ImageSize]

    /// Pictures of these sizes.
    public init(_ sizes: [ImageSize]) { self.sizes = sizes }

    /// Reads `640x480`, `640x480+1024x768` or `any`; nil for anything else.
    public init?(_ text: String) {
      if text.lowercased() == "any" {
        sizes = []
        return
      }
      sizes = []
      for part in text.split(separator: "+", omittingEmptySubsequences: false) {
        guard let size = ImageSize(String(part)) else { return nil }
        sizes.append(size)
      }
    }

    /// As it is read.
    public var description: String {
      sizes.isEmpty ? "any" : sizes.map { "\($0.width)x\($0.height)" }.joined(separator: "+")
    }
  }
}
