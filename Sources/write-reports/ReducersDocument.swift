internal import RooflineKit

extension Document {
  /// What the methods of LLaVA-PruMerge's Tables 4 and 7 cost and save over a whole model.
  init(_ prices: ReducerPrices) {
    let path = "charts/reducers-total.svg"
    self.init(
      name: "reducers.md", title: "What token reducers cost and save",
      [
        .paragraph(
          "The methods of Tables 4 and 7 of LLaVA-PruMerge (arXiv:2403.15388) at the numbers of tokens that they are "
            + "compared at, priced until the first token: vision tower, connector, the reducer's own work, and the "
            + "prefill with \(PricedPrefill.textTokens) text tokens; batch 1, FP16, ideal times, exact accounting with "
            + "fused kernels. Speed-ups are those of the total over the unreduced row."),
        .list([
          "ToMe, EViT, ATS and CrossGET work inside the vision tower, which then takes less time; the others behind it.",
          "ToMe, EViT and CrossGET run in their published settings, which leave 139, 140 and 278 tokens.",
          "How many tokens ATS leaves depends on the image: its counts are given, 363, 229 and 144 in three stages.",
          "PruMerge's share of the tokens is fixed, so that what it leaves does not depend on an image.",
        ]),
        .image(
          path: path, description: "Ideal time until the first token against visual tokens, a point for each method"),
      ]
        + prices.settings.flatMap { index, model, device -> [Block] in
          [.heading(level: 2, "\(model) on \(device)"), .table(prices.table(index))]
        }
        + [
          .heading(level: 2, "Video-LLaVA"),
          .paragraph(
            "The prefill of its language model, Vicuna 7B, with 8 x 256 visual tokens and with those that PruMerge "
              + "(12.5 %) and PruMerge+ (25 %) leave; its vision tower is not in these figures."),
          .table(prices.videoTable),
        ],
      pictures: [path: SVGRenderer.document([prices.chart])])
  }
}

extension ReducerPrices {
  /// The positions of the settings among a row's estimates, with model and device.
  fileprivate var settings: [(index: Int, model: String, device: String)] {
    let names = Self.models.flatMap { model in Self.devices.map { (model, $0) } }
    return names.enumerated().map { ($0, $1.0, $1.1) }
  }

  fileprivate func table(_ index: Int) -> ReportTable {
    let unreduced = rows.first?.estimates[index].totalSeconds ?? .zero
    return ReportTable(
      [
        .text("table"), .text("method"), .number("visual tokens"), .number("vision"), .number("connector"),
        .number("reduction"), .number("prefill"), .number("total"), .number("speed-up"),
      ],
      rows: rows.map { row in
        let estimate = row.estimates[index]
        func seconds(_ stage: Stage) -> String {
          estimate.stages.first { $0.stage == stage }?.seconds.description ?? ""
        }
        return [row.table.map { "\($0)" } ?? "", row.reducer, "\(estimate.visualTokens)"]
          + [Stage.vision, .connector, .reduction, .prefill].map(seconds)
          + [estimate.totalSeconds.description, "\((unreduced / estimate.totalSeconds).fixed(2))x"]
      })
  }

  fileprivate var videoTable: ReportTable {
    ReportTable(
      [.number("visual tokens")] + PricedPrefill.settings.map { .number("\($0.device) \($0.precision)") },
      rows: zip(Self.videoTokens, video).map { tokens, prefill in
        ["\(tokens)"]
          + PricedPrefill.settings.map { setting in
            let seconds = prefill.seconds(setting)
            let factor = (video.first?.seconds(setting) ?? seconds) / seconds
            return "\(seconds) (\(factor.fixed(1))x)"
          }
      })
  }

  /// Total time against visual tokens; methods behind the encoder that leave equally many tokens are one point, and points
  /// of the same methods one line with one name.
  fileprivate var chart: Chart {
    let index = settings.first { $0.model == "llava-1.5-7b" && $0.device == "a100-80gb" }?.index ?? 0
    var points: [(place: ChartPoint, methods: [String], rows: [String], series: String)] = []
    for row in rows {
      let estimate = row.estimates[index]
      let method = String(row.reducer.prefix { $0 != ":" })
      let isInside = estimate.workload.encoderTokens != nil
      let series = row.table == nil ? "unreduced" : isInside ? "inside the encoder" : "behind the encoder"
      let place = ChartPoint(Double(estimate.visualTokens), estimate.totalSeconds.value)
      if let same = points.firstIndex(where: { $0.place.x == place.x && $0.series == series }) {
        if !points[same].methods.contains(method) { points[same].methods.append(method) }
        points[same].rows.append(row.reducer)
      } else {
        points.append((place, [method], [row.reducer], series))
      }
    }
    var marks: [Mark] = []
    var named: Set<String> = []
    for point in points.sorted(by: { $0.place.x > $1.place.x }) {
      let name = point.methods.joined(separator: ", ")
      let others = points.filter { $0.methods == point.methods && $0.series == point.series }.map(\.place)
      let isFirst = named.insert("\(point.series) \(name)").inserted
      if isFirst, others.count > 1 {
        marks.insert(Mark(.line(others.sorted { $0.x < $1.x }), series: point.series, style: .thin), at: 0)
      }
      marks.append(
        Mark(
          .point(point.place, radius: 5), series: point.series,
          label: isFirst ? point.rows.count == 1 && others.count == 1 ? point.rows[0] : name : nil,
          figures: "\(name): \(point.place.x.shortest) visual tokens, \(Seconds(point.place.y))"))
    }
    return Chart(
      title: "LLaVA-1.5 7B on a100-80gb, fp16: until the first token, ideal",
      summary: marks.compactMap(\.figures).map { "\($0)." }.joined(separator: " "),
      x: Axis("visual tokens"), y: Axis("ideal time until the first token", .seconds, .linear(fromZero: false)),
      marks: marks,
      keys: [Chart.Key(.thin, "the same methods")])
  }
}
