internal import Documents
internal import Quantities

/// Draws charts as SVG: no script, no font to fetch, light or dark as the reader's screen is.
package enum SVGRenderer {
  /// The width of a document, in pixels.
  package static let width = 760.0

  /// A document of some charts, one below the other.
  package static func document(_ charts: [Chart]) -> String {
    let layouts = charts.map { ChartLayout($0, width: width) }
    let height = layouts.reduce(0) { $0 + $1.height }
    let title = charts.map(\.title).joined(separator: "; ").shown(in: .svg)
    let summary = charts.map(\.summary).joined(separator: " ").shown(in: .svg)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width.pixels) \(height.pixels)\" "
        + "width=\"\(width.pixels)\" height=\"\(height.pixels)\" "
        + "style=\"max-width:100%;height:auto\" role=\"img\" aria-labelledby=\"title summary\">",
      "<title id=\"title\">\(title)</title>", "<desc id=\"summary\">\(summary)</desc>",
      "<style>\n\(Theme.styleSheet)\(Theme.pageRules)</style>",
      "<rect class=\"bg\" width=\"100%\" height=\"100%\"/>",
    ]
    var top = 0.0
    for layout in layouts {
      lines.append("<g class=\"chart\" transform=\"translate(0 \(top.pixels))\">")
      lines += layout.elements.map(text)
      lines.append("</g>")
      top += layout.height
    }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// A chart as part of a page that has the style sheet; `id` is that of no other part.
  package static func fragment(_ chart: Chart, width: Double, id: String) -> String {
    let layout = ChartLayout(chart, width: width)
    let head =
      "<svg class=\"chart\" viewBox=\"0 0 \(width.pixels) \(layout.height.pixels)\" role=\"img\" "
      + "aria-labelledby=\"\(id)-title\" aria-describedby=\"\(id)-summary\">"
    let lines =
      [
        head, "<title id=\"\(id)-title\">\(chart.title.shown(in: .svg))</title>",
        "<desc id=\"\(id)-summary\">\(chart.summary.shown(in: .svg))</desc>",
      ] + layout.elements.map(text) + ["</svg>"]
    return lines.joined(separator: "\n")
  }

  private static func text(_ element: ChartElement) -> String {
    let data = element.data.map { " data-\($0.name)=\"\($0.value.shortest)\"" }.joined()
    let attributes = "class=\"\(element.classes)\"\(data)"
    let title = element.figures.map { "<title>\($0.shown(in: .svg))</title>" }
    func closed(_ tag: String, _ rest: String) -> String {
      title.map { "<\(tag) \(attributes) \(rest)>\($0)</\(tag)>" } ?? "<\(tag) \(attributes) \(rest)/>"
    }
    switch element.shape {
    case .text(let text, let x, let y, let anchor):
      let place = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
      return "<text \(attributes) x=\"\(x.pixels)\" y=\"\(y.pixels)\"\(place)>\(text.shown(in: .svg))</text>"
    case .line(let line):
      return closed(
        "line", "x1=\"\(line.x1.pixels)\" y1=\"\(line.y1.pixels)\" x2=\"\(line.x2.pixels)\" y2=\"\(line.y2.pixels)\"")
    case .path(let points):
      return closed("path", "d=\"M\(points.map { "\($0.x.pixels) \($0.y.pixels)" }.joined(separator: "L"))\"")
    case .sign(let sign, let x, let y, let radius):
      return closed(
        "path", "transform=\"translate(\(x.pixels) \(y.pixels))\" d=\"\(sign.outline(radius: radius))\"")
    case .box(let box):
      return closed(
        "rect",
        "x=\"\(box.x.pixels)\" y=\"\(box.y.pixels)\" width=\"\(box.width.pixels)\" height=\"\(box.height.pixels)\"")
    }
  }
}

extension Double {
  /// A length in pixels, to a tenth.
  var pixels: String {
    guard magnitude < 1e9 else { return fixed(1) }
    let tenths = Int((self * 10).rounded())
    let (whole, rest) = tenths.magnitude.quotientAndRemainder(dividingBy: 10)
    return (tenths < 0 ? "-" : "") + (rest == 0 ? "\(whole)" : "\(whole).\(rest)")
  }
}
