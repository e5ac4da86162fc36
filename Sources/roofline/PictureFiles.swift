internal import RooflineKit

/// The files that are written for pictures: one path for one picture, names in a folder for several.
struct PictureFiles: Sendable {
  private let paths: [String]

  /// No file system takes longer names, in bytes.
  private static let longestName = 255

  /// The files for `pictures`: `output` itself, or in the folder `output`, which is made if need be, each picture's
  /// name with another ending; a number behind it tells pictures of one name apart, in capitals or not.
  ///
  /// - Throws: `Diagnostic` if one of them is an input, or the first cannot be written.
  init(for pictures: [String], at output: OutputName) throws {
    if pictures.count == 1, !output.isFolder {
      paths = [output.path]
    } else {
      paths = try Self.names(of: pictures, ending: output.ending).map {
        try "\(output.folder(of: pictures.count))/\($0)"
      }
      try Files.makeFolder(output.folder(of: pictures.count))
    }
    for path in paths { try OutputFile.checkSpares(path) }
    if let first = paths.first { try OutputFile.check(first) }
  }

  /// The names of the files.
  private static func names(of pictures: [String], ending: String) -> [String] {
    var used: Set<String> = []
    return pictures.map { picture in
      let name = picture.fileName
      let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
      var (file, number) = (fitting(stem, before: ending), 1)
      while !used.insert(file.lowercased()).inserted {
        number += 1
        file = fitting(stem, before: "-\(number)\(ending)")
      }
      return file
    }
  }

  /// A name with this end, and so much of the stem as there is room for.
  private static func fitting(_ stem: String, before end: String) -> String {
    var stem = Substring(stem)
    while String(stem).systemBytes.count + end.utf8.count > longestName { stem = stem.dropLast() }
    return "\(stem)\(end)"
  }

  /// The file of a picture, by its place in the list, written but not yet in its place.
  ///
  /// A result, since it says nothing of the picture if it cannot be written: that ends the run, where a picture that
  /// cannot be read is skipped.
  func written(_ index: Int, _ bytes: [UInt8]) -> Result<OutputFile, Diagnostic> {
    Result { () throws(Diagnostic) in
      let file = try OutputFile(at: paths[index])
      try file.write(bytes)
      try file.seal()
      return file
    }
  }
}
