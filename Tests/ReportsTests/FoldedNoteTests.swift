import Testing

@testable import Reports

@Suite("Notes that differ by numbers")
struct FoldedNoteTests {
  private func texts(_ notes: [String]) -> [String] { FoldedNote.folded(notes).map(\.text) }

  @Test("many of a kind are one, with the least and the greatest of each number that differs")
  func many() {
    let notes = [
      "needs 9 GB of 16 GB", "needs 10 GB of 16 GB", "other", "needs 88.4 GB of 16 GB", "needs 20 GB of 16 GB",
    ]
    #expect(texts(notes) == ["needs 9 to 88.4 GB of 16 GB", "other"])
    #expect(FoldedNote.folded(notes)[0].parts.count == 4)
  }

  @Test("a few are said one by one, and numbers within words are part of the words")
  func few() {
    let three = ["needs 1 GB", "needs 2 GB", "needs 3 GB"]
    #expect(texts(three) == three)
    let names = ["a100 is slow", "v100 is slow", "h100 is slow", "l40 is slow"]
    #expect(texts(names) == names)
    // Units tell kinds apart.
    #expect(texts(["1 GB", "2 GB", "3 GB", "4 GB", "5 MB"]) == ["1 to 4 GB", "5 MB"])
  }
}
