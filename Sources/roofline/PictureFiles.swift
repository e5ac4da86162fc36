internal import ArgumentParser
internal import RooflineKit

/// The files that are written for pictures: one path for one picture, names in a folder for several.
struct PictureFiles: Sendable {
  private let paths: [String]

  /// The files for `pictures`: `output` itself, or in the folder `output`, which is made if need be, each picture's
  /// name with another ending; a number behind it tells pictures of one name apart.
  init(for pictures: [String], at output: String, ending: String) throws {
    guard pictures.count > 1 || Files.isFolder(output) || output.hasSuffix("/") else {
      paths = [output]
      return
    }
    guard !output.hasSuffix(ending) else {
      throw ValidationError("--output is a folder where there are \(pictures.count) pictures, found \"\(output)\"")
    }
    let folder = output.hasSuffix("/") ? String(output.dropLast()) : output
    try Files.makeFolder(folder)
    var (paths, used) = ([String](), Set<String>())
    for picture in pictures {
      let name = picture.split(separator: "/").last.map(String.init) ?? picture
      let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
      var (file, number) = ("\(stem)\(ending)", 1)
      while !used.insert(file).inserted {
        number += 1
        file = "\(stem)-\(number)\(ending)"
      }
      paths.append("\(folder)/\(file)")
    }
    self.paths = paths
  }

  /// The file of a picture, by its place in the list.
  subscript(index: Int) -> String { paths[index] }
}
