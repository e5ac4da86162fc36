import Foundation
import RooflineKit
import Testing

@testable import write_reports

@Suite struct FleetBillsTests {
  /// The whole report takes a release build; these rows are made anew here, so that it is known when it is out of date.
  @Test("reports/fleet.md has the rows of the smallest load as the program makes them")
  func smallestLoad() throws {
    let bills = try FleetBills(models: ["llava-1.5-7b"], rates: [1], devices: ["l40s"])
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("reports/fleet.md"), encoding: .utf8)
    let lines = page.split(separator: "\n").filter { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    for row in bills.bills[0].rows { #expect(lines.contains(row), "make reports") }
  }
}
