internal import Charts
internal import Documents
internal import Quantities

/// A page in one file that needs nothing else: words, pictures, tables, sliders, assumptions, the question.
package struct HTMLRenderer: Renderer {
  /// An HTML renderer.
  package init() {}

  /// The widths that charts are drawn for: a page shows the one that fits the screen.
  private static let widths = [("wide", 860.0), ("narrow", 420.0)]

  /// The whole page.
  package func render(_ report: Report) -> String {
    let title = report.headings.first ?? "roofline"
    var page = PageWriter()
    page.add(
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
      <title>\(title.shown(in: .svg))</title>
      <style>
      \(Self.styleSheet)</style>
      </head>
      <body>
      <header>
      <h1>\(title.shown(in: .svg))</h1>
      """)
    for heading in report.headings.dropFirst() { page.add("<p class=\"answer\">\(heading.shown(in: .svg))</p>") }
    page.add("</header>\n<main>")
    if !report.charts.isEmpty {
      page.add("<h2>Pictures</h2>")
      page.add(charts: report.charts, Self.widths)
    }
    if let explorer = report.explorer { page.add(explorer) }
    let tables = report.tables.filter { !$0.rows.isEmpty }
    if !tables.isEmpty { page.add(tables: tables, heading: "Figures") }
    page.add(notes: report.notes)
    var part = ""
    for section in report.sections {
      if section.part != part { page.add("<h2>\(section.part.shown(in: .svg))</h2>") }
      part = section.part
      page.add(section, Self.widths)
    }
    page.add("</main>\n<script>\n\(Self.script)</script>\n</body>\n</html>")
    return page.text
  }

  /// The pictures, the tables and the notes of a report, as parts of a page that has the style sheet and the script;
  /// `id` is that of no other part. Pictures are drawn for one width, in pixels.
  package func fragment(_ report: Report, id: String, width: Double) -> String {
    var page = PageWriter(prefix: "\(id)-")
    page.add(charts: report.charts, [("drawing", width)])
    for table in report.tables where !table.rows.isEmpty { page.add(table, name: "Figures") }
    page.add(notes: report.notes)
    return page.text
  }

  /// The style sheet of pages, light and dark.
  package static let styleSheet = "\(colors)\(Theme.styleSheet)\(EmbeddedFiles.text("page.css"))"
  /// The script of pages.
  package static let script = EmbeddedFiles.text("page.js")

  /// Nothing is fetched, whatever the page holds.
  private static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

  /// The colours of the page, light and dark.
  private static var colors: String {
    func rules(_ theme: Theme) -> String {
      ":root{--background:\(theme.background);--panel:\(theme.panel);--ink:\(theme.ink);--muted:\(theme.muted);"
        + "--line:\(theme.grid);--edge:\(theme.reference);--focus:\(theme.series[0])}"
    }
    return "\(rules(.light))\n@media screen and (prefers-color-scheme:dark){\(rules(.dark))}\n"
  }
}

extension EmbeddedFiles {
  /// A file of the page.
  fileprivate static func text(_ name: String) -> String { page.first { $0.name == name }?.text ?? "" }
}

extension OutputFormat {
  /// A page that stands alone.
  public static let html = OutputFormat(
    "html", endings: [".html", ".htm"], mediaType: "text/html; charset=utf-8", shownRows: 1000, pictures: .inPage
  ) { _ in HTMLRenderer() }
}
