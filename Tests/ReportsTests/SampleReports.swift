internal import Documents
import Reports

/// A report with every kind of value, made by hand.
let sampleReport = Report(
  headings: ["Model on Device", "prefill | batch 1"],
  table: ReportTable(
    [.text("precision"), .number("time", priority: 1), .text("bound", priority: 2), .number("n")],
    rows: [["fp16", "76.9 ms", "compute", "576"], ["int4", "1.05 s", "a|b", "41"]]),
  notes: ["first note", "second *note*"],
  records: [
    OutputRecord(["name": .text("a,b"), "count": .number(576), "fits": .boolean(true), "none": .null]),
    OutputRecord(["name": .text("say \"hi\""), "count": .number(0.5), "fits": .boolean(false), "extra": .text("x")]),
  ],
  total: OutputRecord(["name": .text("total"), "count": .number(576.5)]))

/// A report of two tables with captions.
let twoTableReport = Report(
  headings: ["Two"],
  tables: [
    ReportTable([.text("a")], caption: "First", rows: [["x"]]),
    ReportTable([.text("b"), .number("n", priority: 1)], caption: "Second", rows: [["y", "1"]]),
  ], records: [])

/// A report with nothing but a table of one row.
let plainReport = Report(
  headings: [], table: ReportTable([.text("name"), .number("count")], rows: [["a", "1"]]), records: [])
