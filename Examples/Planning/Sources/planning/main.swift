// Which devices of the catalog answer within a latency budget, and what does PruMerge change?
//
//     swift run planning                       LLaVA-1.5 13B within 200 ms
//     swift run planning llava-1.5-7b 50       another model, another budget
//
// A device is listed if the first token is expected in time (vision tower, reducer, connector and prefill together, one
// image and 40 text tokens) and the model fits into its memory, or that is not known, in at least one of four ways: FP16
// or INT4, with all visual tokens or with those that PruMerge leaves. Devices are ranked by the best of the four.

import Foundation
import RooflineKit

do throws(Diagnostic) {
  // 1. What is asked, in the words of the command's options.
  let arguments = CommandLine.arguments.dropFirst()
  let milliseconds = arguments.dropFirst().first ?? "200"
  var question = Question(models: [arguments.first ?? "llava-1.5-13b"], devices: ["all"])
  question.precisions = ["fp16", "int4"]
  question.tokens = try TokenSelection("full,adaptive")
  question.rows.condition = try Condition("expected_total_seconds <= \(milliseconds)ms && !(fits == false)")
  question.rows.order = ["expected_total_seconds"]

  // 2. The rows that answer it, the soonest first.
  let study = try question.study(in: .standard)
  var rows: [RowFigures] = []
  _ = try Answer(study, question.rows).forEach { rows in
    rows
  } deliver: { more in
    rows += more
  }

  // 3. A line for each device, with its times in every way that is soon enough.
  let ways = ["fp16, all", "fp16, PruMerge", "int4, all", "int4, PruMerge"]
  var devices: [String] = []
  var times: [String: [String: String]] = [:]
  for row in rows {
    let device = row.estimate.hardware.title
    if times[device] == nil { devices.append(device) }
    let input = row.estimate.visualInput.reduction == nil ? "all" : "PruMerge"
    times[device, default: [:]]["\(row.estimate.precision.name), \(input)"] = "\(row.estimate.expectedTotalSeconds)"
  }
  let withAll = Set(rows.filter { $0.estimate.visualInput.reduction == nil }.map(\.estimate.hardware.name)).count
  let report = Report(
    headings: [
      "\(study.subjects[0].model.title), first token expected within \(milliseconds) ms",
      "\(withAll) of \(study.devices.count) devices with all visual tokens, \(devices.count) with PruMerge",
    ],
    table: ReportTable(
      [.text("device")] + ways.map { .number($0) },
      rows: devices.map { device in [device] + ways.map { times[device]?[$0] ?? "" } }),
    records: [])
  print(report.rendered(as: .table), terminator: "")
} catch {
  // What is wrong, as with a model's name.
  FileHandle.standardError.write(Data("\(error.explanation)\n".utf8))
  exit(1)
}
