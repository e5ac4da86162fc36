internal import Charts

/// SVG: the charts of a report, one below the other.
public struct PictureRenderer: Renderer {
  /// An SVG renderer.
  public init() {}

  /// A document of all charts.
  public func render(_ report: Report) -> String { SVGRenderer.document(report.charts) }
}
