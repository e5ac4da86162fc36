package import Hardware
package import Quantities

/// What an engine does with a device's memory.
///
/// Weights, what is resident beside tensors, the peak of the largest pass, and the cache share `utilization` of the memory.
package struct EngineMemory: Sendable, Hashable {
  /// The share of the memory that all of it may take together, above 0 to 1.
  package var utilization = Figure(Ratio(1), stated: "1")
  /// The share of what is then left that the cache may take, above 0 to 1.
  package var cacheShare = Figure(Ratio(1), stated: "1")
  /// What is resident beside tensors: the device's context, libraries, handles.
  package var context = Figure(Bytes.zero, stated: "0 B")
  /// The same where several devices share every layer, buffers of their messages among it; nil where it is no other.
  package var tensorContext: Figure<Bytes>?
  /// The same where devices have some layers each; nil where it is no other.
  package var pipelineContext: Figure<Bytes>?
  /// What recorded passes (CUDA graphs) take, outside of the share; nil for nothing.
  package var graphs: Figure<Bytes>?
  /// Whether sines and cosines of all of a model's positions are kept, which is resident beside tensors as well.
  package var tabulatesRotations = false
  /// What kernels of experts in MXFP4 fill the model's width and an expert's own up to a multiple of; nil for neither.
  package var mxfp4Width, mxfp4Inner: Figure<Ratio>?
  /// Tokens of a block of the cache.
  package var blockTokens = Figure(Ratio(1), stated: "1")
  /// Whether layers of several kinds take their blocks from one pool, in groups of equally many layers.
  package var groupsLayers = false
  /// Whether every stage of a pipeline has as many layers, and not as many bytes.
  package var splitsEvenly: Bool { largestPass != nil }
  /// The pass whose peak is set aside; nil where a request's own passes need what they need.
  package var largestPass: LargestPass?

  /// All memory for the request.
  init() {}

  /// Changes made by a user, as engines' options make them; nil for what the engine does unasked.
  package struct Settings: Sendable, Hashable {
    /// The share of the memory, above 0 to 1.
    package var utilization: Double?
    /// Sequences and tokens of the largest pass, at least 1.
    package var sequences, batchTokens: Int?

    /// Nothing is changed.
    package init(utilization: Double? = nil, sequences: Int? = nil, batchTokens: Int? = nil) {
      (self.utilization, self.sequences, self.batchTokens) = (utilization, sequences, batchTokens)
    }
  }

  /// What `graphs` must find room for on a device: nil where that has less memory than those that were looked at.
  package func needsGraphs(on device: Accelerator) -> Bytes? {
    guard let graphs, let capacity = device.capacity?.value, capacity >= largestPass?.large?.from.value ?? .zero else {
      return nil
    }
    return graphs.value
  }

  /// What is resident beside tensors on one of so many devices.
  package func context(tensor: Int, pipeline: Int) -> Figure<Bytes> {
    if tensor > 1, let tensorContext { return tensorContext }
    if pipeline > 1, let pipelineContext { return pipelineContext }
    return context
  }
}

/// The largest pass of an engine, run or reckoned at its start so that memory is set aside for it.
package struct LargestPass: Sendable, Hashable {
  /// Tokens and sequences of a pass.
  package struct Size: Sendable, Hashable {
    /// Tokens of all sequences.
    package var tokens: Figure<Ratio>
    /// Sequences, each with logits over the whole vocabulary.
    package var sequences: Figure<Ratio>
  }

  /// Larger passes on devices with much memory.
  package struct Large: Sendable, Hashable {
    /// From so much memory on.
    package var from: Figure<Bytes>
    /// Devices that have it and are not meant, by a part of their names.
    package var except: String?
    /// The pass there.
    package var size: Size
  }

  /// The usual size.
  package var size: Size
  /// The size on devices with much memory; nil where it is the same.
  package var large: Large?
  /// Bytes of every logit of a rank's vocabulary in the pool of tokens to choose from: copies in FP32, sorted values,
  /// places, probabilities. The logits themselves come on top, in the format of the activations.
  package var logitBytes: Figure<Bytes>
  /// Tensors of the residual stream's width, of all tokens, that live beside the logits.
  package var widthsBesideLogits: Figure<Ratio>
  /// The same that live beside the largest operator of a layer.
  package var widthsBesideLayer: Figure<Ratio>
  /// The same of images' tokens, of models that read images: what the encoder made waits to be put among the text's.
  package var widthsOfImages: Figure<Ratio>
  /// Whether kernels of experts keep their buffers between passes, so that they are there beside the logits too.
  package var keepsExpertBuffers: Bool
  /// Bytes of a logit that are needed outside of the share when the engine warms up, of models whose experts are in
  /// 4-bit floating point; nil where none are.
  package var warmUpLogitBytes: Figure<Bytes>?

  /// The size on a device.
  package func size(on device: Accelerator) -> Size {
    guard let large, let capacity = device.capacity?.value, capacity >= large.from.value,
      !(large.except.map { device.name.contains($0) } ?? false)
    else { return size }
    return large.size
  }
}
