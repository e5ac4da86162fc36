/// Table 2 of LLaVA-PruMerge (arXiv:2403.15388) as printed: "Tesla V100, roofline estimate".
///
/// Nothing is computed from these figures; the reproduction is compared with them.
enum PaperTable2 {
  /// A row of the table, its figures as texts so that their precision is kept.
  struct Row {
    var backbone: String
    var precision: String
    var reducer: String
    var flops: String
    var prefill: String
    var totalMemory: String
    var storingActivation: String
  }

  // swift-format-ignore
  static let rows = [
    Row(backbone: "vicuna-7b",  precision: "fp16", reducer: "none",     flops: "9.3",  prefill: "88.6",  totalMemory: "23.3", storingActivation: "4.60"),
    Row(backbone: "vicuna-7b",  precision: "fp16", reducer: "prumerge", flops: "0.91", prefill: "15.3",  totalMemory: "13.7", storingActivation: "0.28"),
    Row(backbone: "vicuna-7b",  precision: "int4", reducer: "none",     flops: "2.3",  prefill: "151.6", totalMemory: "5.9",  storingActivation: "1.20"),
    Row(backbone: "vicuna-7b",  precision: "int4", reducer: "prumerge", flops: "0.28", prefill: "14.9",  totalMemory: "3.5",  storingActivation: "0.07"),
    Row(backbone: "vicuna-13b", precision: "fp16", reducer: "none",     flops: "18.2", prefill: "170.5", totalMemory: "41.6", storingActivation: "7.30"),
    Row(backbone: "vicuna-13b", precision: "fp16", reducer: "prumerge", flops: "1.80", prefill: "29.5",  totalMemory: "26.6", storingActivation: "0.44"),
    Row(backbone: "vicuna-13b", precision: "int4", reducer: "none",     flops: "4.6",  prefill: "294.9", totalMemory: "10.5", storingActivation: "1.80"),
    Row(backbone: "vicuna-13b", precision: "int4", reducer: "prumerge", flops: "0.45", prefill: "29.0",  totalMemory: "6.8",  storingActivation: "0.11"),
  ]

  /// Tokens of the prompt that the table's figures follow from.
  static let foundTokens = (unreduced: 700, reduced: 70)
  /// Visual tokens that the paper's text states: all of the encoder's, and those left for TextVQA and MME.
  static let statedVisualTokens = (unreduced: 576, reduced: 40)
  /// Text tokens that the paper's text states.
  static let statedTextTokens = 40
}
