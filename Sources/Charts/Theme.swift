/// The colours of charts and pages, for bright and for dark surroundings.
///
/// The colours of series keep a contrast of 3:1 to the background and can be told apart with every kind of colour
/// blindness: by Machado et al. 2009 two of them are at least 20 apart in CIELAB. Signs and dashes differ besides.
package struct Theme: Sendable, Hashable {
  /// Behind everything, and behind what stands out.
  package var background, panel: String
  /// Text, and text of less weight.
  package var ink, muted: String
  /// Lines of the grid, and lines that figures are held against.
  package var grid, reference: String
  /// The colours of series; with more series they come again.
  package var series: [String]

  /// On white.
  package static let light = Theme(
    background: "#ffffff", panel: "#f3f4f6", ink: "#16181d", muted: "#4b5160", grid: "#d9dce2", reference: "#5b6270",
    series: ["#2e8bc0", "#a6761d", "#332288", "#ee6677", "#882255", "#000000"])
  /// On nearly black.
  package static let dark = Theme(
    background: "#14171c", panel: "#1f242c", ink: "#eceef2", muted: "#b4bac6", grid: "#373d48", reference: "#a2aab8",
    series: ["#1e88e5", "#bbcc33", "#99ddff", "#ee6677", "#cc79a7", "#ffffff"])

  /// The style sheet of charts: light, and dark where the reader's screen is.
  package static let styleSheet =
    """
    .bg{fill:none}
    .chart text{font-family:Arial,Helvetica,"Liberation Sans",sans-serif;font-size:12px}
    .chart .title{font-size:15px;font-weight:bold}.chart .small{font-size:11px}
    .chart path,.chart line{fill:none}
    .faint{fill-opacity:.4}.thin{stroke-width:1.2;stroke-dasharray:3 2}.reference{stroke-width:1.5}
    .line{stroke-width:2}.d1{stroke-dasharray:7 3}.d2{stroke-dasharray:2 3}.d3{stroke-dasharray:9 3 2 3}
    .mark{stroke-width:1}.ring{stroke-width:1.6}

    """ + light.rules + "@media screen and (prefers-color-scheme:dark){\n\(dark.rules)}\n"

  /// What is drawn on a page of its own.
  static let pageRules =
    ".bg{fill:\(light.background)}\n@media screen and (prefers-color-scheme:dark){.bg{fill:\(dark.background)}}\n"

  private var rules: String {
    """
    .ink{fill:\(ink)}.muted{fill:\(muted)}.grid{stroke:\(grid)}.reference,.leader{stroke:\(reference)}
    .chart .mark{stroke:\(background)}.chart .faint{stroke:none}.chart .ring{stroke:\(ink)}.chart .neutral{fill:\(reference)}

    """
      + series.enumerated().map { ".chart .f\($0){fill:\($1)}.chart .s\($0){stroke:\($1)}" }.joined(separator: "\n")
      + "\n"
  }
}
