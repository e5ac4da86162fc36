/// How many visual tokens are left, as LLaVA-PruMerge (arXiv:2403.15388) states them in its sections 4.2, 4.3 and 4.4.1
/// and in Tables 1, 4 and 7.
///
/// The paper's figures; nothing here was measured by this project.
enum PaperTokenCounts {
  /// A statement of the paper.
  struct Row: Sendable, Hashable {
    /// The model, `llava-1.5` or `video-llava`.
    var model: String
    /// The benchmark, or the table.
    var workload: String
    /// The method.
    var reducer: String
    /// Visual tokens of the encoder.
    var before: Int
    /// Visual tokens that enter the language model.
    var after: Int
    /// What the paper, or a reader of it, adds.
    var note: String
  }

  /// Every statement, in the order of the paper's sections.
  // swift-format-ignore
  static let rows = [
    Row(model: "llava-1.5",   workload: "six-benchmark average",   reducer: "prumerge",    before: 576,  after: 32,  note: "5.5 %"),
    Row(model: "llava-1.5",   workload: "six-benchmark average",   reducer: "prumerge+",   before: 576,  after: 144, note: "25 %"),
    Row(model: "llava-1.5",   workload: "TextVQA",                 reducer: "prumerge",    before: 576,  after: 40,  note: "6.9 %"),
    Row(model: "llava-1.5",   workload: "MME",                     reducer: "prumerge",    before: 576,  after: 40,  note: "6.9 %; also the cost scenario of Table 2's text"),
    Row(model: "llava-1.5",   workload: "POPE",                    reducer: "prumerge",    before: 576,  after: 35,  note: ""),
    Row(model: "llava-1.5",   workload: "ScienceQA",               reducer: "prumerge",    before: 576,  after: 16,  note: ""),
    Row(model: "llava-1.5",   workload: "Table 7",                 reducer: "prumerge+",   before: 576,  after: 144, note: "25 %"),
    Row(model: "llava-1.5",   workload: "Table 7",                 reducer: "prumerge+",   before: 576,  after: 288, note: "50 %"),
    Row(model: "llava-1.5",   workload: "Table 7",                 reducer: "tome",        before: 576,  after: 144, note: "25 %"),
    Row(model: "llava-1.5",   workload: "Table 7",                 reducer: "ats",         before: 576,  after: 144, note: "25 %"),
    Row(model: "llava-1.5",   workload: "Table 7",                 reducer: "evit",        before: 576,  after: 144, note: "25 %"),
    Row(model: "llava-1.5",   workload: "Table 7",                 reducer: "crossget",    before: 576,  after: 288, note: "50 %"),
    Row(model: "llava-1.5",   workload: "Table 4",                 reducer: "sequential",  before: 576,  after: 40,  note: "first N of the flattened tokens"),
    Row(model: "llava-1.5",   workload: "Table 4",                 reducer: "spatial 5x8", before: 576,  after: 40,  note: ""),
    Row(model: "llava-1.5",   workload: "Table 4",                 reducer: "spatial 8x5", before: 576,  after: 40,  note: ""),
    Row(model: "llava-1.5",   workload: "Table 4",                 reducer: "spatial 5x7", before: 576,  after: 35,  note: ""),
    Row(model: "llava-1.5",   workload: "Table 4",                 reducer: "spatial 7x5", before: 576,  after: 35,  note: ""),
    Row(model: "llava-1.5",   workload: "Table 4",                 reducer: "spatial 6x6", before: 576,  after: 36,  note: ""),
    Row(model: "llava-1.5",   workload: "Table 4",                 reducer: "spatial 4x4", before: 576,  after: 16,  note: ""),
    Row(model: "video-llava", workload: "MSVD/MSRVTT/ActivityNet", reducer: "prumerge",    before: 2048, after: 256, note: "12.5 %, 8 frames of 16x16"),
    Row(model: "video-llava", workload: "MSVD/MSRVTT/ActivityNet", reducer: "prumerge+",   before: 2048, after: 512, note: "25 %; the paper prints 256 for both, 25 % of 2048 is 512"),
  ]
}
