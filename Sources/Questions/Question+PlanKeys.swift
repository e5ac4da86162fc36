internal import Documents
internal import Quantities

extension Question {
  /// The parts that are about what to rent, in the order in which they are written.
  static let planKeys: [Key] = [
    Key(name: "split", get: { $0.plan.splits.map(\.text) }) { question, texts throws(Diagnostic) in
      question.plan.splits = []
      for text in try split(texts, "split") {
        let split = try PlanQuestion.Split(text)
        if !question.plan.splits.contains(split) { question.plan.splits.append(split) }
      }
    },
    count("max-gpus", \.plan.maxDevices, in: 1...4096),
    text("max-cost-per-hour", get: { $0.plan.maxCostPerHour?.shortest }) { question, text throws(Diagnostic) in
      guard let cost = Double(text.trimmingSpaces()), (0...1e9).contains(cost) else {
        throw Diagnostic(
          "expected --max-cost-per-hour from 0 to a billion, in the currency of the prices, found \"\(text)\"")
      }
      question.plan.maxCostPerHour = cost
    },
    count("seeds", \.plan.seeds, in: 1...100),
    choice("find", \.plan.find),
    text("tolerance", get: { $0.plan.tolerance?.shortest }) { question, text throws(Diagnostic) in
      guard let share = Double(text.trimmingSpaces()), (0.001...1).contains(share) else {
        throw Diagnostic("expected --tolerance as a share from 0.001 to 1, found \"\(text)\"")
      }
      question.plan.tolerance = share
    },
  ]
}
