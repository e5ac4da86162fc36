internal import ArgumentParser
internal import RooflineKit

/// `roofline attention`: pictures with what the class token looks at and what a reducer keeps drawn over them.
struct AttentionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attention", abstract: "Draw class attention and kept tokens over a picture.",
    discussion: """
      Two panels: the picture under the attention of the class token to its patches (of the last layer, one head over \
      the full width, as PruMerge reads it; bright is much), and the picture with the patches dimmed that the reducer \
      does not keep. As the encoder sees it: resized and cropped.
      """)

  @OptionGroup var source: ImageOptions

  @Option(
    help: ArgumentHelp(
      "Whose kept patches are drawn. Default: prumerge. See: roofline list reducers", valueName: "name"),
    transform: ReducerArgument.init(named:))
  var reducer = ReducerArgument.pruMerge

  @Option(help: ArgumentHelp("Write the PNG to this file; for several pictures a folder.", valueName: "file|folder"))
  var output: String

  @OptionGroup var images: ImageRunOptions

  func validate() throws {
    guard source.isGiven else { throw ValidationError("give a picture with --image") }
    _ = try name
  }

  private var name: OutputName { get throws { try OutputName(output, for: ".png", holding: "a PNG", folders: true) } }

  func run() throws {
    let paths = try source.paths()
    let encoder = try source.loadEncoder()
    let files = try PictureFiles(for: paths, at: name)
    let reducer = reducer.reducer
    if let note = encoder.note { Console.complain("note: \(note)") }
    let tally = try images.measure(paths, encoder: encoder) { (photograph) throws(Diagnostic) in
      let map = try photograph.attentionMap(of: reducer)
      let file = files.written(photograph.index, try map.drawing.png())
      return (map: map.summary, file: file, notes: photograph.notes)
    } deliver: { (path, result) throws(Diagnostic) in
      for note in result.notes { Console.complain("\(path): note: \(note)") }
      try Interrupts.uninterrupted { () throws(Diagnostic) in
        let file = try result.file.get()
        try file.finish()
        try Console.say("\(path): \(result.map), \(file.path)")
      }
    }
    images.finish(tally)
  }
}
