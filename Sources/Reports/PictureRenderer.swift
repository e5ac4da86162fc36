internal import Charts

/// SVG: the charts of a report, one below the other.
package struct PictureRenderer: Renderer {
  /// An SVG renderer.
  package init() {}

  /// A document of all charts.
  package func render(_ report: Report) -> String { SVGRenderer.document(report.charts) }
}

extension OutputFormat {
  /// The pictures alone.
  public static let svg = OutputFormat(
    "svg", endings: [".svg"], mediaType: "image/svg+xml", shownRows: 2000, pictures: .alone
  ) { _ in PictureRenderer() }
}
