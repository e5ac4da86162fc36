internal import RooflineKit

/// The methods of Tables 4 and 7 of LLaVA-PruMerge at their numbers of tokens, priced over the whole of LLaVA-1.5.
struct ReducerPrices: Sendable {
  /// The models, by their catalog names.
  static let models = ["llava-1.5-7b", "llava-1.5-13b"]
  /// The devices, by their catalog names.
  static let devices = PricedPrefill.devices
  /// The numbers of visual tokens of Video-LLaVA: eight frames of 256, and what PruMerge and PruMerge+ leave.
  static let videoTokens = [2048, 256, 512]

  /// A method in a setting.
  struct Row: Sendable {
    /// The number of the paper's table; nil for the unreduced row.
    var table: Int?
    /// The specification, or `none`.
    var reducer: String
    /// One estimate for each model and device, models outermost, in FP16.
    var estimates: [Estimate]
  }

  /// The rows, the unreduced one first, then in the order of the tables.
  let rows: [Row]
  /// The prefill of Video-LLaVA's language model, Vicuna 7B, in the order of `videoTokens`.
  let video: [PricedPrefill]

  /// The settings that leave the paper's numbers of tokens. ToMe, EViT and CrossGET leave what their published settings
  /// do, 139, 140 and 278; ATS's counts fall by the same share in each of three stages.
  private static let settings: [(table: Int, reducers: [String])] = [
    (
      4,
      [
        "prumerge:ratio=0.0686", "sequential:40", "spatial:5x8", "spatial:8x5", "prumerge:ratio=0.0599",
        "sequential:35", "spatial:5x7", "spatial:7x5", "spatial:6x6", "prumerge:ratio=0.0269", "sequential:16",
        "spatial:4x4",
      ]
    ),
    (
      7,
      [
        "tome:r=19", "ats:363+229+144", "evit:keep=0.62", "prumerge+:ratio=0.1241", "crossget:r=13",
        "prumerge+:ratio=0.2491",
      ]
    ),
  ]

  /// Prices them.
  ///
  /// - Throws: `Diagnostic` if the catalog lacks a model or a device.
  init(catalog: Catalog = .standard) throws(Diagnostic) {
    let features = Sample.text.features()
    func row(_ table: Int?, _ reducer: String) throws(Diagnostic) -> Row {
      var estimates: [Estimate] = []
      for name in Self.models {
        let model = try catalog.model(name)
        let input: VisualInput =
          table == nil
          ? .tokens(features.patches)
          : try .reduced(by: ReducerChain(reducer), in: model) { () throws(Diagnostic) in features }
        for device in Self.devices {
          estimates.append(
            try Estimate(
              model, on: catalog.hardware(device), precision: .fp16, visualInput: input,
              textTokens: PricedPrefill.textTokens))
        }
      }
      return Row(table: table, reducer: reducer, estimates: estimates)
    }
    var rows = [try row(nil, "none")]
    for (table, reducers) in Self.settings {
      for reducer in reducers { rows.append(try row(table, reducer)) }
    }
    self.rows = rows
    var video: [PricedPrefill] = []
    for tokens in Self.videoTokens {
      video.append(try PricedPrefill("vicuna-7b", visualTokens: tokens, catalog: catalog))
    }
    self.video = video
  }
}
