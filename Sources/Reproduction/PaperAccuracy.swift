/// Accuracy as LLaVA-PruMerge (arXiv:2403.15388) prints it in Tables 1, 4 and 7.
///
/// The paper's figures; nothing here was measured by this project.
package enum PaperAccuracy {
  /// The benchmarks, in the order of the paper's columns.
  package enum Benchmark: String, Sendable, CaseIterable {
    case vqaV2 = "VQAv2"
    case scienceQA = "ScienceQA (image)"
    case textVQA = "TextVQA"
    case pope = "POPE"
    case mme = "MME"
    case mmBench = "MMBench"
  }

  /// A row of one of the tables.
  package struct Row: Sendable, Hashable {
    /// The number of the paper's table.
    package var table: Int
    /// The model and what was done to its visual tokens.
    package var method: String
    /// The catalog name of the language model.
    package var backbone: String
    /// Visual tokens that enter the language model; nil where the paper does not say.
    package var tokens: Int?
    /// The scores in the order of `Benchmark`; nil where the paper prints none.
    var scores: [Double?]

    /// The score on a benchmark, if the paper prints one.
    package func score(_ benchmark: Benchmark) -> Double? {
      zip(Benchmark.allCases, scores).first { $0.0 == benchmark }?.1
    }
  }

  /// Every row, in the order of the paper. A share of the tokens is that of 576: 5.5 % are 32, 25 % are 144.
  // swift-format-ignore
  package static let rows = [
    Row(table: 1, method: "BLIP-2",              backbone: "vicuna-13b", tokens: nil, scores: [  41.0,     61,   42.5,   85.3, 1293.8,    nil]),
    Row(table: 1, method: "InstructBLIP",        backbone: "vicuna-7b",  tokens: nil, scores: [   nil,   60.5,   50.1,    nil,    nil,     36]),
    Row(table: 1, method: "InstructBLIP",        backbone: "vicuna-13b", tokens: nil, scores: [   nil,   63.1,   50.7,   78.9, 1212.8,    nil]),
    Row(table: 1, method: "Shikra",              backbone: "vicuna-13b", tokens: nil, scores: [  77.4,    nil,    nil,    nil,    nil,   58.8]),
    Row(table: 1, method: "IDEFICS-9B",          backbone: "llama-7b",   tokens: nil, scores: [  50.9,    nil,   25.9,    nil,    nil,   48.2]),
    Row(table: 1, method: "IDEFICS-80B",         backbone: "llama-65b",  tokens: nil, scores: [  60.0,    nil,   30.9,    nil,    nil,   54.5]),
    Row(table: 1, method: "Qwen-VL",             backbone: "qwen-7b",    tokens: nil, scores: [  78.8,   67.1,   63.8,    nil,    nil,   38.2]),
    Row(table: 1, method: "Qwen-VL-Chat",        backbone: "qwen-7b",    tokens: nil, scores: [  78.2,   68.2,   61.5,    nil, 1487.5,   60.6]),
    Row(table: 1, method: "LLaVA-1.5",           backbone: "vicuna-7b",  tokens: 576, scores: [  78.5,   66.8,   58.2,   85.9, 1510.7,   64.3]),
    Row(table: 1, method: "LLaVA-1.5+PruMerge",  backbone: "vicuna-7b",  tokens: 32,  scores: [  72.0,   68.5,   56.0,   76.3, 1350.3,   60.9]),
    Row(table: 1, method: "LLaVA-1.5+PruMerge+", backbone: "vicuna-7b",  tokens: 144, scores: [  76.8,   68.3,   57.1,   84.0, 1462.4,   64.9]),
    Row(table: 1, method: "LLaVA-1.5",           backbone: "vicuna-13b", tokens: 576, scores: [  80.0,   71.6,   61.3,   85.9, 1531.3,   67.7]),
    Row(table: 1, method: "LLaVA-1.5+PruMerge",  backbone: "vicuna-13b", tokens: 32,  scores: [  72.8,   71.0,   58.4,   78.5, 1428.2,   62.3]),
    Row(table: 1, method: "LLaVA-1.5+PruMerge+", backbone: "vicuna-13b", tokens: 144, scores: [  77.8,   71.0,   58.6,   84.4, 1485.5,   65.7]),
    Row(table: 7, method: "LLaVA-1.5",           backbone: "vicuna-7b",  tokens: 576, scores: [  78.5,   66.8,   58.2,   85.9, 1510.7,   64.3]),
    Row(table: 7, method: "LLaVA-1.5+ToMe",      backbone: "vicuna-7b",  tokens: 144, scores: [  66.0,   62.7,   56.0,   51.0, 1385.2,   56.9]),
    Row(table: 7, method: "LLaVA-1.5+ATS",       backbone: "vicuna-7b",  tokens: 144, scores: [  66.7,   63.0,   55.1,   57.4, 1313.2,   54.9]),
    Row(table: 7, method: "LLaVA-1.5+EViT",      backbone: "vicuna-7b",  tokens: 144, scores: [  65.5,   64.1,   54.2,   60.1, 1299.3,   56.2]),
    Row(table: 7, method: "LLaVA-1.5+PruMerge+", backbone: "vicuna-7b",  tokens: 144, scores: [  76.8,   68.3,   57.1,   84.0, 1462.4,   64.9]),
    Row(table: 7, method: "LLaVA-1.5+CrossGet",  backbone: "vicuna-7b",  tokens: 288, scores: [  77.3,   66.7,   54.9,   83.9, 1510.2,   64.7]),
    Row(table: 7, method: "LLaVA-1.5+PruMerge+", backbone: "vicuna-7b",  tokens: 288, scores: [  77.6,   68.5,   57.6,   85.1, 1507.1,   64.9]),
    Row(table: 4, method: "LLaVA-PruMerge",      backbone: "vicuna-7b",  tokens: 40,  scores: [   nil,    nil,  54.00,    nil, 1250.07,    nil]),
    Row(table: 4, method: "Sequential",          backbone: "vicuna-7b",  tokens: 40,  scores: [   nil,    nil,  42.72,    nil, 703.60,    nil]),
    Row(table: 4, method: "Spatial 5x8",         backbone: "vicuna-7b",  tokens: 40,  scores: [   nil,    nil,  46.85,    nil, 1180.23,    nil]),
    Row(table: 4, method: "Spatial 8x5",         backbone: "vicuna-7b",  tokens: 40,  scores: [   nil,    nil,  47.42,    nil, 1142.32,    nil]),
    Row(table: 4, method: "LLaVA-PruMerge",      backbone: "vicuna-7b",  tokens: 35,  scores: [   nil,    nil,    nil,   76.2,    nil,    nil]),
    Row(table: 4, method: "Sequential",          backbone: "vicuna-7b",  tokens: 35,  scores: [   nil,    nil,    nil,   11.7,    nil,    nil]),
    Row(table: 4, method: "Spatial 5x7",         backbone: "vicuna-7b",  tokens: 35,  scores: [   nil,    nil,    nil,   69.8,    nil,    nil]),
    Row(table: 4, method: "Spatial 7x5",         backbone: "vicuna-7b",  tokens: 35,  scores: [   nil,    nil,    nil,   71.1,    nil,    nil]),
    Row(table: 4, method: "Spatial 6x6",         backbone: "vicuna-7b",  tokens: 36,  scores: [   nil,    nil,    nil,   67.9,    nil,    nil]),
    Row(table: 4, method: "LLaVA-PruMerge",      backbone: "vicuna-7b",  tokens: 16,  scores: [   nil,  68.07,    nil,    nil,    nil,    nil]),
    Row(table: 4, method: "Sequential",          backbone: "vicuna-7b",  tokens: 16,  scores: [   nil,  64.20,    nil,    nil,    nil,    nil]),
    Row(table: 4, method: "Spatial 4x4",         backbone: "vicuna-7b",  tokens: 16,  scores: [   nil,  66.29,    nil,    nil,    nil,    nil]),
  ]
}
