internal import Documents
internal import Operators

/// A kind of multimodal model that transformers has a configuration class for, by its entry of `architectures`.
enum MultimodalFamily: String, CaseIterable {
  case llava = "LlavaForConditionalGeneration"
  case llavaNext = "LlavaNextForConditionalGeneration"
  case videoLlava = "VideoLlavaForConditionalGeneration"
  case qwen2VL = "Qwen2VLForConditionalGeneration"
  case idefics = "IdeficsForVisionText2Text"

  /// The entry `model_type`.
  var type: String {
    switch self {
    case .llava: "llava"
    case .llavaNext: "llava_next"
    case .videoLlava: "video_llava"
    case .qwen2VL: "qwen2_vl"
    case .idefics: "idefics"
    }
  }
}

extension Model {
  /// Reads a configuration of vision tower, connector and language model.
  init(multimodal fields: ConfigFields, family: MultimodalFamily, name: String) throws(Diagnostic) {
    switch family {
    case .llava: try self.init(llava: fields, architecture: family.rawValue, name: name)
    case .llavaNext:
      try self.init(llava: fields, architecture: family.rawValue, name: name)
      try readTiling(fields)
    case .videoLlava:
      // A tower for still images and one for videos, whose frames keep their class tokens.
      try self.init(llava: fields, architecture: family.rawValue, name: name)
      vision?.copies = 2
      vision?.droppedTokens = 0
      language?.tiedEmbeddings = try fields.boolean("tie_word_embeddings", default: false)
      images = 8
    case .qwen2VL: try self.init(qwen2VL: fields, architecture: family.rawValue, name: name)
    case .idefics: try self.init(idefics: fields, architecture: family.rawValue, name: name)
    }
  }
}
