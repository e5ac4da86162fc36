import Documents
import Reduction
import Testing

struct ReducersTests {
  @Test(arguments: [
    ("prumerge", "prumerge"), ("prumerge+", "prumerge+"), ("prumerge:paper", "prumerge:paper"),
    ("prumerge+:paper", "prumerge+:paper"), ("prumerge:ratio=0.125", "prumerge:ratio=0.125"),
    ("prumerge+:ratio=1.25e-1", "prumerge+:ratio=0.125"), ("prumerge:ratio=1,paper", "prumerge:paper,ratio=1.0"),
  ])
  func namesRoundTrip(specification: String, name: String) throws {
    let reducer = try Reducers.named(specification)
    #expect(reducer.name == name)
    #expect(try Reducers.named(name).name == name)
  }

  @Test(arguments: [
    ("prumereg", "unknown reducer \"prumereg\"; did you mean \"prumerge\" or \"prumerge+\"?"),
    ("nothing-like-it", "unknown reducer \"nothing-like-it\"; known are prumerge, prumerge+"),
    ("", "unknown reducer \"\""), (":paper", "unknown reducer \"\""),
    ("prumerge:", "has an empty argument"), ("prumerge:paper,", "has an empty argument"),
    ("prumerge:=1", "has an empty argument"),
    ("prumerge:papre", "unknown argument \"papre\"; expected prumerge[:paper,ratio=R]"),
    ("prumerge:rate=0.5", "unknown argument \"rate\""), ("prumerge:ratio", "unknown argument \"ratio\""),
    ("prumerge:paper=1", "unknown argument \"paper\""), ("prumerge:paper,paper", "gives \"paper\" twice"),
    ("prumerge:ratio=0.1,ratio=0.2", "gives \"ratio\" twice"), ("prumerge:ratio=half", "expected a number"),
    ("prumerge:ratio=", "expected a number"), ("prumerge:ratio=0", "above 0 and at most 1"),
    ("prumerge+:ratio=-0.5", "above 0 and at most 1"), ("prumerge:ratio=1.01", "above 0 and at most 1"),
    ("prumerge:ratio=nan", "above 0 and at most 1"), ("prumerge:ratio=1e999", "above 0 and at most 1"),
  ])
  func refusesBadSpecifications(specification: String, message: String) {
    let error = #expect(throws: Diagnostic.self) { try Reducers.named(specification) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test func everyMethodCanBeMadeAndCited() throws {
    for method in Reducers.all {
      #expect(try Reducers.named(method.name).name == method.name)
      #expect(method.usage.hasPrefix(method.name))
      #expect(!method.summary.isEmpty && !method.citation.arXiv.isEmpty)
    }
  }
}
