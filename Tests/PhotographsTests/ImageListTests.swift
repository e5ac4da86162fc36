import Documents
import Foundation
import Photographs
import Testing

@Suite("Lists of pictures")
struct ImageListTests {
  @Test("a folder stands for the pictures in and below it, sorted, without hidden ones and other files")
  func folder() throws {
    let folder = try TemporaryFolder()
    for name in ["b.JPG", "a.png", "c/d.jpeg", "c/.hidden.jpg", ".git/x.jpg", "notes.txt", "c/e.gif"] {
      try folder.write(name)
    }
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/c/loop", withDestinationPath: folder.path)
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/link.png", withDestinationPath: "\(folder.path)/a.png")
    let names = ["a.png", "b.JPG", "c/d.jpeg", "c/e.gif", "link.png"]
    #expect(try ImageList([folder.path]).paths == names.map { "\(folder.path)/\($0)" })
    #expect(try ImageList(["\(folder.path)/"]).paths == names.map { "\(folder.path)/\($0)" })
  }

  @Test("a list has a path a line, relative to its own folder")
  func list() throws {
    let folder = try TemporaryFolder()
    try folder.write("set/deep/a.jpg")
    let list = try folder.write("set/list.txt", "x.jpg\r\n\n/y z.png\ndeep\nx.jpg")
    #expect(
      try ImageList(["@\(list)", "w.jpg"]).paths
        == [
          "\(folder.path)/set/x.jpg", "/y z.png", "\(folder.path)/set/deep/a.jpg", "\(folder.path)/set/x.jpg", "w.jpg",
        ])
  }

  @Test("the bytes of a path are kept, and a byte-order mark before the first is none of them")
  func bytes() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/list.txt"
    try Data([0xEF, 0xBB, 0xBF, 0x2F, 0x61, 0x0A, 0x2F, 0xE9, 0xFF]).write(to: URL(fileURLWithPath: path))
    #expect(try ImageList(["@\(path)"]).paths.map(\.systemBytes) == [[0x2F, 0x61], [0x2F, 0xE9, 0xFF]])
  }

  @Test("what names no picture is an error")
  func errors() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.txt")
    #expect(diagnostic { _ = try ImageList([folder.path]) }.contains("no file in this folder ends in .jpg"))
    let empty = try folder.write("empty.txt", "\n\n")
    #expect(diagnostic { _ = try ImageList(["@\(empty)"]) }.contains("names no picture"))
    #expect(diagnostic { _ = try ImageList(["@\(folder.path)/none"]) }.contains("cannot read"))
    let zero = try folder.write("zero.txt", "a.jpg\nb.jpg\0.png\n")
    #expect(diagnostic { _ = try ImageList(["@\(zero)"]) }.contains("zero.txt:2:1: error: the line holds a zero byte"))
  }
}
