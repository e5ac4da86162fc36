internal import Operators

/// Learned queries in front of an encoder's tokens, and an encoder's layers over both: the connector of LLaMA-Adapter V2.
///
/// Pre-normed layers as ViT's, in which queries and tokens attend to all. However many tokens the encoder makes, it leaves the
/// queries. Source: `forward_visual` in llama_adapter_v2_multimodal7b/llama/llama_adapter.py of
/// github.com/OpenGVLab/LLaMA-Adapter, commit 521a09d.
package struct QueryEncoder: Sendable, Hashable {
  /// Learned queries, which are the tokens of an image.
  package var queries: Int
  /// Layers.
  package var layers: Int
  /// One of them; the encoder's tokens have its width.
  package var block: TransformerBlock

  /// Queries before layers of the given kind.
  package init(queries: Int, layers: Int, block: TransformerBlock) {
    (self.queries, self.layers, self.block) = (queries, layers, block)
  }

  /// All parameters; the queries are activations from the start.
  var parameters: Parameters {
    Parameters { append(images: 1, tokens: 1, kernels: .fused, to: &$0) }
      + Parameters(plain: Double(queries) * Double(block.width))
  }

  /// Adds the operators over `images` images of `tokens` tokens.
  func append(images: Double, tokens: Double, kernels: Accounting.Kernels, to list: inout OperatorList) {
    list.scope = "queries"
    let shapes = BlockShapes(block: block, images: images, tokens: Double(queries) + tokens)
    shapes.append(layers: layers, isFirst: true, kernels: kernels, to: &list)
    // With fused kernels the last layer leaves its sum to what follows; of that only the queries are read.
    if kernels == .fused {
      list.add(.sum("residual", elements: images * Double(queries) * Double(block.width)))
    }
    list.scope = nil
  }
}
