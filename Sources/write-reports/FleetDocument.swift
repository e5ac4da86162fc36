internal import RooflineKit

extension Document {
  /// What PruMerge is worth on the bill of a fleet.
  init(_ bills: FleetBills) {
    let targets = bills.bills.first?.plan.targets.map(\.text).joined(separator: " and ") ?? ""
    self.init(
      name: "fleet.md", title: "What PruMerge is worth on the bill of a fleet",
      [
        .paragraph(
          "LLaVA-PruMerge (arXiv:2403.15388) says how much shorter a prompt becomes. Here that is carried to what is "
            + "rented: for LLaVA-1.5 7B and 13B at 1, 10 and 100 requests a second, the smallest number of each device "
            + "that keeps to \(targets), and what it costs. \(bills.answer)"),
        .list([
          "none: all 576 visual tokens of a picture; prumerge and prumerge+: what these methods, really run, leave of the "
            + "built-in sample \"text\". Their own work is on the bill.",
          "FP16, one device an engine, each device's usual engine with its scheduler; replicas behind a round-robin "
            + "router; 1 to \(FleetBills.mostDevices) devices.",
          "GPUs, cost of an hour, p95 of the time to the first token. A dash: no number up to "
            + "\(FleetBills.mostDevices) holds.",
        ]),
      ] + bills.blocks + [
        .heading(level: 2, "What it rests on"),
        .list(bills.basis),
      ],
      pictures: bills.pictures)
  }
}

extension FleetBills {
  /// The range of what the reducers save, in words.
  fileprivate var answer: String {
    func savings(_ input: String) -> [Double] {
      bills.flatMap { bill in
        Self.devices.compactMap { device in
          guard let own = bill.fleet(device, input), let all = bill.fleet(device, "none") else { return nil }
          return Double(all.devices) / Double(own.devices)
        }
      }
    }
    let texts = Self.inputs.dropFirst().compactMap { input -> String? in
      let own = savings(input)
      guard let least = own.min(), let most = own.max() else { return nil }
      return "with \(input) it takes \(least.fixed(1)) to \(most.fixed(1)) times fewer devices"
    }
    return "Where a fleet without a reducer holds at all, \(texts.joined(separator: ", "))."
  }

  /// A picture and a table for each model.
  fileprivate var blocks: [Document.Block] {
    Self.models.flatMap { model -> [Document.Block] in
      let own = bills.filter { $0.model == model }
      let title = own.first?.plan.best?.candidate.estimate.model.title ?? model
      return [
        .heading(level: 2, title),
        .image(
          path: path(model),
          description: "Cost of an hour against requests a second, a line for each device and reducer"),
        .table(table(own)),
      ]
    }
  }

  private func path(_ model: String) -> String { "charts/fleet-\(model).svg" }

  fileprivate var pictures: [String: String] {
    Dictionary(uniqueKeysWithValues: Self.models.map { (path($0), SVGRenderer.document([chart($0)])) })
  }

  private func table(_ own: [Bill]) -> ReportTable {
    ReportTable(
      [.number("requests/s"), .text("device")]
        + Self.inputs.flatMap { [.number($0), .number("cost/h"), .number("p95 TTFT")] },
      rows: own.flatMap(\.rows))
  }

  /// What an hour costs over the rate, a line for each device and reducer.
  private func chart(_ model: String) -> Chart {
    let own = bills.filter { $0.model == model }
    var marks: [Mark] = []
    for device in Self.devices {
      for input in Self.inputs {
        let series = "\(device), \(input)"
        let fleets = own.compactMap { bill in
          bill.fleet(device, input).flatMap { fleet in fleet.costPerHour.map { (bill.rate, fleet, $0) } }
        }
        guard !fleets.isEmpty else { continue }
        if fleets.count > 1 {
          marks.append(Mark(.line(fleets.map { ChartPoint(Double($0.0), $0.2) }), series: series))
        }
        for (rate, fleet, cost) in fleets {
          marks.append(
            Mark(
              .point(ChartPoint(Double(rate), cost), radius: 4), series: series,
              figures: "\(rate) requests/s: \(fleet.name), \(cost.fixed(2)) an hour"))
        }
      }
    }
    return Chart(
      title: "\(model), fp16: the cheapest fleet that holds",
      summary: marks.compactMap(\.figures).map { "\($0)." }.joined(separator: " "),
      x: Axis("requests a second", .none, .logarithmic), y: Axis("cost of an hour in USD", .none, .logarithmic),
      marks: marks)
  }

  /// What the figures rest on, a sentence or two each.
  fileprivate var basis: [String] {
    var all = [
      "Requests: text tokens, pictures and output tokens of ServeGen's image workload (github.com/alibaba/ServeGen at commit "
        + "f891d11, Alibaba Group, Apache License 2.0), pooled over its clients and binned: "
        + "[Examples/traffic](../Examples/traffic/README.md). It is a service of Qwen-VL; LLaVA-1.5 reads 576 tokens of every "
        + "picture. The three are drawn independently. Some 3 in 100 requests are longer than LLaVA-1.5's 4096 positions; "
        + "they are priced as if it read them.",
      "Arrivals are independent (Poisson), one seed, a minute at each rate and 1000 requests at least: of rare long answers a "
        + "minute says little, and a fleet that just holds has no reserve.",
      "Times are expected ones, pass by pass ([serving](../Documentation/serving.md#how-good-it-is)); an error of a pass is "
        + "one of the number of devices. The reducers are taken to cost what their operators do; no engine runs them.",
      "How much PruMerge leaves depends on the picture: the sample is synthetic, and the paper's mean is 32 tokens of 576. "
        + "What it costs in accuracy is in [prumerge-tokens.md](prumerge-tokens.md).",
      "Prices are examples, list prices of one cloud each, and change: give yours with `--price-per-hour`.",
    ]
    for device in Self.devices {
      let fleet = bills.lazy.compactMap { bill in Self.inputs.lazy.compactMap { bill.fleet(device, $0) }.first }.first
      guard let figure = fleet?.candidate.estimate.hardware.pricePerHour else { continue }
      let note = figure.note.map { ", \($0)" } ?? ""
      all.append("\(device): \(figure.stated)\(note); \(figure.sources.map(\.text).joined(separator: "; ")).")
    }
    if let question = try? Self.question(Self.models[0], 10) {
      all.append("One of the questions, for `roofline plan --question FILE`: `\(Self.inline(question.json))`")
    }
    return all
  }

  private static func inline(_ json: String) -> String {
    json.split(separator: "\n").map { $0.trimmingSpaces() }.joined(separator: " ")
  }
}
