internal import Documents
package import Encoding
internal import Quantities
internal import Reduction

extension Report {
  /// A vision tower's run: the sizes of what it says of the image, and how long it took.
  ///
  /// - Parameter encoder: the tower as the user named it.
  package init(_ run: TimedEncoding, encoder: String) {
    let image = run.image
    let patches = image.tokens.rows - (image.hasClassToken ? 1 : 0)
    self.init(
      headings: ["\(encoder) on \(image.name)"],
      table: ReportTable(
        [.text("grid"), .number("patches"), .number("width"), .number("heads"), .number("time")],
        rows: [
          [
            image.grid.description, "\(patches)", "\(image.tokens.columns)", "\(image.heads)",
            Seconds(run.seconds).description,
          ]
        ]),
      records: [
        OutputRecord([
          "encoder": .text(encoder), "image": .text(image.name), "grid": .text(image.grid.description),
          "patches": .number(patches), "width": .number(image.tokens.columns),
          "heads": .number(image.heads), "seconds": .number(run.seconds),
        ])
      ])
  }
}
