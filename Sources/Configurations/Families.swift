internal import Architectures
internal import Documents

/// Every family that is understood. To add one: its file in `Families`, and a line here.
enum Families {
  /// Language models, also as parts of multimodal ones.
  static let languages: [LanguageFamily] = [
    .llama,
    .mistral,
    .mixtral,
    .qwen2,
    .qwen2Experts,
    .qwen3,
    .qwen3Experts,
    .qwen3Next,
    .qwen35,
    .qwen35Experts,
    .phi,
    .phi3,
    .phiExperts,
    .gemma,
    .gemma2,
    .gemma3,
    .gemma4,
    .deepseekV2,
    .deepseekV3,
    .deepseekV32,
    .glm,
    .chatGLM,
    .glm4,
    .glm4Experts,
    .glm5,
    .gptOss,
    .llama4,
    .mllama,
    .miniMaxM2,
    .miMoV2,
    .cohere,
    .cohere2,
    .ernie,
    .ernieExperts,
    .granite,
    .graniteExperts,
    .graniteHybrid,
    .hunyuan,
    .nemotron,
    .nemotronH,
    .olmo2,
    .smolLM3,
    .starcoder2,
    .falcon,
    .falconH1,
    .gpt2,
    .opt,
    .jamba,
    .mamba,
    .mamba2,
  ]

  /// Vision encoders, also as parts of multimodal models.
  static let visions: [VisionFamily] = [
    .clip,
    .siglip,
    .siglip2,
    .ideficsSiglip,
    .vit,
    .dino2,
    .internViT,
    .pixtral,
    .blip2,
  ]

  /// Multimodal models.
  static let multimodals: [MultimodalFamily] = [
    .llava,
    .llavaNext,
    .llavaOneVision,
    .llavaNextVideo,
    .videoLlava,
    .qwen2VL,
    .qwen25VL,
    .qwen3VL,
    .qwen3VLExperts,
    .qwen35Vision,
    .qwen35ExpertsVision,
    .gemma3Vision,
    .paliGemma,
    .ayaVision,
    .internVL,
    .llama4Vision,
    .mllamaVision,
    .mistral3,
    .glmVision,
    .gemma4Vision,
    .kimiVL,
    .phi3Vision,
    .miniCPMV,
    .originalLLaVA,
    .idefics,
    .idefics3,
    .blip2,
    .instructBLIP,
  ]

  /// The one of some families that a node names by its type.
  static func named<Part>(_ node: Node, of families: [Family<Part>]) throws(Diagnostic) -> Family<Part> {
    let name = try node.text("\"model_type\"")
    guard let family = families.first(where: { $0.types.contains(name) }) else {
      throw node.error(
        "unknown model type \(node.summary); known are \(families.flatMap(\.types).joined(separator: ", "))")
    }
    return family
  }
}
