import Documents
import Foundation
import Photographs
import Testing

@Suite("Runs over many pictures")
struct ImageRunTests {
  private static let paths = (0..<40).map { Fixtures.picture(Fixtures.pictures[$0 % Fixtures.pictures.count]) }

  @Test("results come in the order of the pictures, whatever the number of jobs", arguments: [1, 2, 7, 64])
  func order(jobs: Int) throws {
    var indices: [Int] = []
    let tally = try ImageRun(Self.paths, encoder: nil, jobs: jobs).measure { (photograph) throws(Diagnostic) in
      // Some pictures take longer than others.
      if photograph.index % 5 == 0 { usleep(3000) }
      return photograph.index
    } deliver: { (path, result) throws(Diagnostic) in
      let index = try result.get()
      #expect(path == Self.paths[index])
      indices.append(index)
    }
    #expect(indices == Array(0..<40))
    #expect((tally.finished, tally.failed, tally.total, tally.isInterrupted) == (40, 0, 40, false))
  }

  @Test("a picture that cannot be read is handed out as an error, in its place")
  func failure() throws {
    var paths = Self.paths
    paths[3] = "/nowhere.jpg"
    var failed: [String] = []
    let tally = try ImageRun(paths, encoder: nil, jobs: 3).measure {
      $0.path
    } deliver: { (path, result) in
      if case .failure = result { failed.append(path) }
    }
    #expect(failed == ["/nowhere.jpg"] && tally.failed == 1 && tally.finished == 39)
  }

  @Test("an error of whoever takes the results ends the run")
  func strict() throws {
    var count = 0
    let text = diagnostic {
      _ = try ImageRun(Self.paths, encoder: nil, jobs: 2).measure {
        $0.path
      } deliver: { (_, _) throws(Diagnostic) in
        count += 1
        if count == 5 { throw Diagnostic("enough") }
      }
    }
    #expect(text.contains("enough") && count == 5)
  }

  @Test("a run that is stopped hands out what is done, in order")
  func stop() throws {
    var indices: [Int] = []
    let tally = try ImageRun(Self.paths, encoder: nil, jobs: 2).measure {
      $0.index
    } isStopped: {
      indices.count >= 5
    } deliver: { (_, result) throws(Diagnostic) in
      indices.append(try result.get())
    }
    #expect(tally.isInterrupted && tally.finished == indices.count && indices.count >= 5 && indices.count < 40)
    #expect(indices == indices.sorted())
  }
}
