internal import Architectures
internal import Documents

/// A kind of model that has a configuration class: what it is called, and how its configuration is read.
///
/// Each stands in a file of its own in `Families`, and in a line of the lists in `Families.swift`. The defaults that
/// stand in for absent keys are those of transformers' class, 5.23.0 unless a file says otherwise.
struct Family<Part>: Sendable {
  /// Reads the entries of a configuration.
  typealias Reader = @Sendable (ConfigFields) throws(Diagnostic) -> Part

  /// Entries of `architectures`: the class with the usual head, and others that are the same in all that is counted.
  var architectures: [String]
  /// Entries of `model_type`, by which a multimodal configuration names its parts.
  var types: [String]
  /// How its configuration is read.
  var read: Reader

  /// A family of some architectures and types.
  init(_ architectures: String..., types: String..., read: @escaping Reader) {
    self.init(architectures: architectures, types: types, read: read)
  }

  init(architectures: [String], types: [String], read: @escaping Reader) {
    (self.architectures, self.types, self.read) = (architectures, types, read)
  }

  /// The name for messages.
  var architecture: String { architectures.first ?? types.first ?? "" }
}

/// A language model.
typealias LanguageFamily = Family<LanguageModel>
/// A vision encoder.
typealias VisionFamily = Family<MultimodalModel.Vision>
/// Vision encoder, connector and language model; name and title are the caller's.
typealias MultimodalFamily = Family<MultimodalModel>
