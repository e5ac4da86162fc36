internal import Operators

/// What makes the tokens of a video of all its frames together: a query former over the tokens of all frames (VideoChat), behind
/// one over each frame by itself (Video-LLaMA), or means over space and over time (Video-ChatGPT).
package struct FilmCompressor: Sendable, Hashable {
  /// Frames of a video.
  package var frames: Int
  /// Width of the encoder's tokens.
  package var encoderWidth: Int
  /// The query former over each frame, if there is one.
  package var perFrame: QueryFormer?
  /// The query former over all frames; nil for means of every frame over its patches and of every patch over the frames.
  package var former: QueryFormer?

  /// Means over so many frames.
  package init(frames: Int, encoderWidth: Int) { (self.frames, self.encoderWidth) = (frames, encoderWidth) }

  /// Width of the tokens that it leaves.
  var width: Int { former?.width ?? perFrame?.width ?? encoderWidth }

  /// Tokens of a video whose frames have so many.
  func tokens(ofFrames tokens: Int) -> Int { former?.queries ?? frames + (perFrame?.queries ?? tokens) }

  /// All parameters.
  var parameters: Parameters {
    [perFrame, former].compactMap { $0?.parameters }.reduce(Parameters()) { $0 + $1 }
  }

  /// Adds the operators over so many frames of `tokens` tokens, of all videos.
  func append(images: Double, tokens: Double, text: Double, kernels: Accounting.Kernels, to list: inout OperatorList) {
    perFrame?.append(images: images, tokens: tokens, text: text, kernels: kernels, to: &list)
    let (own, inner) = perFrame.map { (Double($0.queries), Double($0.width)) } ?? (tokens, Double(encoderWidth))
    let videos = images / Double(frames)
    guard let former else {
      // Every element is added to two means.
      let (read, means) = (images * own * inner, videos * (Double(frames) + own) * inner)
      list.add(
        Operator(
          "film.means", vectorFLOPs: 2 * VectorWork.add * read + VectorWork.scale * means, reading: read, writing: means
        ))
      return
    }
    list.scope = perFrame == nil ? nil : "film"
    former.append(images: videos, tokens: Double(frames) * own, text: text, kernels: kernels, to: &list)
    list.scope = nil
  }
}
