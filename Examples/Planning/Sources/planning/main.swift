import Foundation
import RooflineCore

do throws(Diagnostic) {
  // What is asked, in the words of the command's options: swift run planning MODEL RATE
  let arguments = CommandLine.arguments.dropFirst()
  var question = Question(models: [arguments.first ?? "llava-1.5-7b"], devices: ["a100-80gb", "h100-sxm", "l40s"])
  question.precisions = ["fp16", "int4"]
  for (option, text) in [
    ("rate", arguments.dropFirst().first ?? "20"), ("generate", "128"), ("requests", "200"),
    ("ttft", "500ms@p95"), ("tpot", "50ms@p95"),
  ] { try question.set(option, to: [text]) }
  // The cheapest fleets that hold, and what each would cost if nothing dropped visual tokens.
  let plan = try Plan(question)
  for sentence in plan.sentences { print(sentence) }
  for fleet in plan.cheapest {
    let without = (plan.unreduced(fleet) ?? nil).map { ", without a reducer \($0.devices)" } ?? ""
    let cost = fleet.costPerHour.map { ", \($0) an hour" } ?? ""
    print("\(fleet.name)\(cost): p95 TTFT \(Seconds(fleet.figures.ttft.p95))\(without)")
  }
} catch {
  FileHandle.standardError.write(Data("\(error.explanation)\n".utf8))
  exit(1)
}
