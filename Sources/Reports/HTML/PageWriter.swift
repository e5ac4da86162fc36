internal import Charts
internal import Documents
internal import Quantities

/// Writes the parts of a page one after the other, each with names of its own.
struct PageWriter {
  private(set) var text = ""
  /// What all names begin with.
  private let prefix: String
  /// How many parts have names.
  private var parts = 0

  init(prefix: String = "") { self.prefix = prefix }

  mutating func add(_ line: String) { text += "\(line)\n" }

  private mutating func next() -> Int {
    parts += 1
    return parts
  }

  mutating func add(charts: [Chart], _ widths: [(name: String, width: Double)]) {
    for chart in charts { add(chart, widths) }
  }

  /// A chart for screens of several widths, of which one is shown.
  private mutating func add(_ chart: Chart, _ widths: [(name: String, width: Double)]) {
    let number = next()
    let label = "\(chart.title). The arrow keys walk along its marks.".shown(in: .svg)
    add("<figure tabindex=\"0\" role=\"group\" aria-label=\"\(label)\">")
    for (name, width) in widths {
      add("<div class=\"\(name)\">")
      add(SVGRenderer.fragment(chart, width: width, id: "\(prefix)chart-\(number)-\(name)"))
      add("</div>")
    }
    add("<p class=\"readout\" aria-live=\"polite\"></p>\n</figure>")
  }

  mutating func add(tables: [ReportTable], heading: String) {
    add("<h2>\(heading)</h2>")
    for table in tables { add(table, name: heading) }
  }

  /// A table that can be sorted, filtered and copied; `name` is that of the part that it stands in.
  mutating func add(_ table: ReportTable, name: String) {
    let name = (table.caption ?? name).shown(in: .svg)
    add("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table \(next()): \(name)\">")
    add("<table data-name=\"\(name)\">")
    if let caption = table.caption { add("<caption>\(caption.shown(in: .svg))</caption>") }
    add("<thead><tr>")
    for (index, column) in table.columns.enumerated() {
      let key = table.figures.map { " data-k=\"\($0.keys[index].shown(in: .svg))\"" } ?? ""
      add(
        "<th scope=\"col\"\(column.alignment == .right ? " class=\"n\"" : "")\(key)>\(column.heading.shown(in: .svg))</th>"
      )
    }
    add("</tr></thead>\n<tbody>")
    let body = table.rows.count - table.totals
    for row in table.rows.indices {
      if row == body, table.totals > 0 { add("</tbody>\n<tfoot>") }
      add("<tr>\(table.columns.indices.map { cell(table, row, $0) }.joined())</tr>")
    }
    add(table.totals > 0 ? "</tfoot>\n</table>\n</div>" : "</tbody>\n</table>\n</div>")
  }

  /// A cell; where machines are to read something else than people, that is with it.
  private func cell(_ table: ReportTable, _ row: Int, _ column: Int) -> String {
    let text = table.rows[row][column]
    let value = table.figures.map { CSVRenderer.cell($0.rows[row][column]) } ?? text.shown(in: .csv)
    let data = value == text ? "" : " data-v=\"\(value.shown(in: .svg))\""
    let isNumber = table.columns[column].alignment == .right
    let look = isNumber ? " class=\"n\"" : text.utf8.count > 40 ? " class=\"long\"" : ""
    return "<td\(look)\(data)>\(text.shown(in: .svg))</td>"
  }

  mutating func add(notes: [String]) {
    guard !notes.isEmpty else { return }
    add("<ul class=\"notes\">")
    for note in notes { add("<li>\(note.shown(in: .svg))</li>") }
    add("</ul>")
  }

  /// A part that is closed at first.
  mutating func add(_ section: Report.Section, _ widths: [(name: String, width: Double)]) {
    add("<details>\n<summary>\(section.title.shown(in: .svg))</summary>")
    for heading in section.headings { add("<p>\(heading.shown(in: .svg))</p>") }
    for chart in section.charts { add(chart, widths) }
    for table in section.tables where !table.rows.isEmpty { add(table, name: section.title) }
    if let text = section.text {
      let id = "text-\(next())"
      let lines = text.split(separator: "\n").map { String($0).shown(in: .svg) }.joined(separator: "\n")
      add("<button type=\"button\" class=\"copy\" data-copy=\"\(id)\" hidden>Copy</button>")
      add("<pre id=\"\(id)\">\(lines)</pre>")
    }
    add(notes: section.notes)
    add("</details>")
  }

  /// The sliders with a table that they fill; hidden where no script does.
  mutating func add(_ explorer: Explorer) {
    add("<section id=\"explorer\" aria-labelledby=\"explorer-title\" hidden")
    add("data-figures=\"\(explorer.json.shown(in: .svg))\">")
    add("<h2 id=\"explorer-title\">What if</h2>\n<div class=\"sliders\">")
    for (index, axis) in explorer.axes.enumerated() {
      let state = axis.values.count < 2 ? " disabled" : ""
      add(
        """
        <div><div class="name"><label for="slider-\(index)">\(axis.name)</label>
        <output id="value-\(index)" for="slider-\(index)"></output></div>
        <input type="range" id="slider-\(index)" min="0" max="\(axis.values.count - 1)" step="1" \
        value="\(axis.start)"\(state)></div>
        """)
    }
    add("</div>\n<p class=\"answer\" aria-live=\"polite\"></p>")
    add("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What if: figures\">\n<table>\n<thead><tr>")
    let first = explorer.what.hasPrefix("first") ? "TTFT" : "time"
    let heads =
      [("setting", false), ("ideal in expected", false), (first, true), ("ideal", true), ("speed-up", true)]
      + explorer.more.map { ($0, true) }
      + [("bound by", false), ("memory", true), ("fits", false)]
    for (head, isNumber) in heads { add("<th scope=\"col\"\(isNumber ? " class=\"n\"" : "")>\(head)</th>") }
    add("</tr></thead>\n<tbody>")
    for setting in explorer.settings {
      let cells = heads.dropFirst(2).map { $0.1 ? "<td class=\"n\"></td>" : "<td></td>" }.joined()
      add(
        "<tr><th scope=\"row\">\(setting.name.shown(in: .svg))</th>"
          + "<td><div class=\"meter\"><i></i><b></b></div></td>\(cells)</tr>")
    }
    add("</tbody>\n</table>\n</div>")
    let others = explorer.count - explorer.settings.count
    add(
      notes: [
        "Every answer was computed when the page was made, none is interpolated; visual tokens are numbers of them, "
          + "without the work of a reducer. The speed-up is over the most visual tokens of the slider."
      ] + (others > 0 ? ["\(others) more settings of the answer are not on the sliders."] : []))
    add("</section>")
  }
}
