import RooflineCore

var question = Question(models: ["llava-1.5-7b"], devices: ["a100-80gb", "h100-sxm", "l40s"])
question.precisions = ["fp16", "int4"]
try question.set("tokens", to: ["64..576:64"])
try question.set("batch", to: ["1..64*2"])
question.rows.condition = try Condition("TTFT<200ms && fits")
question.rows.order = ["TTFT"]
question.rows.top = 10

let answer = Answer(try question.study(in: .standard), question.rows)
let tally = try answer.forEach { rows in
  rows.map { row in
    let estimate = row.estimate
    return "\(estimate.hardware.name) \(estimate.precision.name), batch \(estimate.workload.batch), "
      + "\(estimate.visualTokens) tokens: \(estimate.expectedTotalSeconds)"
  }
} deliver: { lines in
  for line in lines { print(line) }
}
print("The first \(tally.rows) of \(tally.considered) combinations, of those within the limit")
