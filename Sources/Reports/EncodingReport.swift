internal import Documents
package import Encoding
internal import Quantities
internal import Reduction

extension Report {
  /// A vision tower's run: the sizes of what it says of the image, and how long it took.
  ///
  /// - Parameter encoder: the tower as the user named it.
  package init(_ run: TimedEncoding, encoder: String) {
    let (picture, image) = (run.picture, run.picture.first)
    let tiles = picture.tiles.count
    self.init(
      headings: ["\(encoder) on \(run.name)"],
      table: ReportTable(
        [.text("grid"), .number("tiles"), .number("patches"), .number("width"), .number("heads"), .number("time")],
        rows: [
          [
            image.grid.description, "\(tiles)", "\(picture.patches)", "\(image.tokens.columns)", "\(image.heads)",
            Seconds(run.seconds).description,
          ]
        ]),
      records: [
        OutputRecord([
          "encoder": .text(encoder), "image": .text(run.name), "grid": .text(image.grid.description),
          "tiles": .number(tiles), "patches": .number(picture.patches), "width": .number(image.tokens.columns),
          "heads": .number(image.heads), "seconds": .number(run.seconds),
        ])
      ])
  }
}
