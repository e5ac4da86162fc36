internal import RooflineKit

/// What fleets of LLaVA-1.5 cost with and without PruMerge, under the lengths of a service that reads pictures.
struct FleetBills: Sendable {
  /// The models, by their catalog names.
  static let models = ["llava-1.5-7b", "llava-1.5-13b"]
  /// The devices, by their catalog names.
  static let devices = ["a100-80gb", "h100-sxm", "l40s"]
  /// Requests a second.
  static let rates = [1, 10, 100]
  /// What drops visual tokens.
  static let inputs = ["none", "prumerge", "prumerge+"]
  /// What is good enough.
  static let targets = [("ttft", "1s@p95"), ("tpot", "100ms@p95")]
  /// The most devices that are tried.
  static let mostDevices = 64
  /// The file of lengths, from the root of the repository.
  static let lengths = "Examples/traffic/servegen-mm-image.csv"

  /// The plan of a model at a rate.
  struct Bill: Sendable {
    /// The model, by its catalog name.
    let model: String
    /// Requests a second.
    let rate: Int
    /// The smallest fleet of each device with each reducer that holds.
    let plan: Plan
  }

  /// Models outermost, then rates.
  let bills: [Bill]

  /// Looks for them.
  ///
  /// - Throws: `Diagnostic` if the catalog lacks something, or the file of lengths is not there.
  init(
    models: [String] = Self.models, rates: [Int] = Self.rates, devices: [String] = Self.devices,
    catalog: Catalog = .standard
  ) throws(Diagnostic) {
    var bills: [Bill] = []
    for model in models {
      for rate in rates {
        let plan = try Plan(try Self.question(model, rate, devices), in: catalog, pictures: nil, cheapestAlone: true)
        bills.append(Bill(model: model, rate: rate, plan: plan))
      }
    }
    self.bills = bills
  }

  /// What is asked about a model at a rate.
  static func question(
    _ model: String, _ rate: Int, _ devices: [String] = Self.devices
  ) throws(Diagnostic) -> Question {
    var question = Question(models: [model], devices: devices)
    let parts = [
      ("precision", "fp16"), ("tokens", "full,adaptive,adaptive+"), ("rate", "\(rate)"),
      ("text-tokens", "histogram:\(lengths):text_tokens"), ("pictures", "histogram:\(lengths):image_count"),
      ("generate", "histogram:\(lengths):output_tokens"), ("max-gpus", "\(mostDevices)"), ("tensor-parallel", "1"),
      // One of every device with every reducer.
      ("top", "\(devices.count * inputs.count)"),
    ]
    for (name, text) in parts + targets { try question.set(name, to: [text]) }
    return question
  }
}

extension FleetBills.Bill {
  /// The smallest fleet of a device that holds and drops tokens in a way; nil where none does.
  func fleet(_ device: String, _ input: String) -> Deployment? {
    (plan.cheapest + plan.unpriced).first { fleet in
      guard fleet.candidate.estimate.hardware.name == device else { return false }
      return input == "none" ? fleet.candidate.isUnreduced : fleet.candidate.input == input
    }
  }

  /// The rows of the report's table, one for each device.
  var rows: [[String]] {
    plan.question.devices.map { device in
      ["\(rate)", device]
        + FleetBills.inputs.flatMap { input -> [String] in
          guard let fleet = fleet(device, input) else { return ["-", "-", "-"] }
          return ["\(fleet.devices)", fleet.costPerHour?.fixed(2) ?? "?", "\(Seconds(fleet.figures.ttft.p95))"]
        }
    }
  }
}
