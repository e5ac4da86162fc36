import Documents
import Reduction
import ReductionMethods
import Testing

struct ReducersTests {
  @Test(arguments: [
    ("prumerge", "prumerge"), ("prumerge+", "prumerge+"), ("prumerge:paper", "prumerge:paper"),
    ("prumerge+:paper", "prumerge+:paper"), ("prumerge:ratio=0.125", "prumerge:ratio=0.125"),
    ("prumerge+:ratio=1.25e-1", "prumerge+:ratio=0.125"), ("prumerge:ratio=1,paper", "prumerge:paper,ratio=1.0"),
    ("sequential:40", "sequential:40"), ("spatial:05x8", "spatial:5x8"), ("random:40", "random:40,seed=0"),
    ("random:seed=3,40", "random:40,seed=3"), ("tome:r=19", "tome:r=19"), ("evit:keep=.62", "evit:keep=0.62"),
    ("tome:inflection=-1,r=19", "tome:r=19,inflection=-1.0"), ("visionzip:54+10", "visionzip:54+10"),
  ])
  func namesRoundTrip(specification: String, name: String) throws {
    let reducer = try Reducers.named(specification)
    #expect(reducer.name == name)
    #expect(try Reducers.named(name).name == name)
  }

  @Test(arguments: [
    ("prumereg", "unknown reducer \"prumereg\"; did you mean \"prumerge\" or \"prumerge+\"?"),
    ("nothing-like-it", "unknown reducer \"nothing-like-it\"; known are prumerge, prumerge+, sequential"),
    ("", "unknown reducer \"\""), (":paper", "unknown reducer \"\""),
    ("prumerge:", "has an empty argument"), ("prumerge:paper,", "has an empty argument"),
    ("prumerge:=1", "has an empty argument"),
    ("prumerge:papre", "unknown argument \"papre\"; expected prumerge[:paper,ratio=R,query=mean,bill=released]"),
    ("prumerge:rate=0.5", "unknown argument \"rate\""), ("prumerge:ratio", "unknown argument \"ratio\""),
    ("prumerge:paper=1", "unknown argument \"paper\""), ("prumerge:paper,paper", "gives \"paper\" twice"),
    ("prumerge:ratio=0.1,ratio=0.2", "gives \"ratio\" twice"), ("prumerge:ratio=half", "expected a number"),
    ("prumerge:ratio=", "expected a number"), ("prumerge:ratio=0", "above 0 and at most 1"),
    ("prumerge+:ratio=-0.5", "above 0 and at most 1"), ("prumerge:ratio=1.01", "above 0 and at most 1"),
    ("sequential", "lacks the number of tokens"), ("sequential:0", "gives \"0\"; expected"),
    ("sequential:40x2", "gives \"40x2\""), ("sequential:40,41", "unknown argument \"41\""),
    ("spatial:5", "expected rows and columns"), ("spatial:5x", "expected rows"), ("spatial:5x8x2", "expected rows"),
    ("spatial:9223372036854775808x1", "expected rows"), ("random:4,seed=-1", "whole number from 0"),
    ("random:4,seed=1e99", "whole number from 0"), ("visionzip:54", "dominant and contextual"),
    ("divprune:0", "above 0 and at most 1"), ("divprune:nan", "above 0 and at most 1"), ("tome", "lacks the tokens"),
    ("tome:r=1.5", "whole number"), ("tome:r=1,inflection=2", "expected -1"), ("evit", "lacks the share"),
    ("evit:keep=0", "above 0"), ("ats:1+2+3+4", "expected the tokens left"), ("crossget:r=-1", "whole number"),
    ("fastv:K=2,R=0.5", "works inside the language model"), ("pyramiddrop", "works inside the language model"),
    ("prumerge:ratio=nan", "above 0 and at most 1"), ("prumerge:ratio=1e999", "above 0 and at most 1"),
  ])
  func refusesBadSpecifications(specification: String, message: String) {
    let error = #expect(throws: Diagnostic.self) { try Reducers.named(specification) }
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
  }

  @Test func everyMethodCanBeMadeAndCited() throws {
    for method in Reducers.all {
      #expect(try Reducers.method(method.example).name == method.example)
      #expect(method.usage.hasPrefix(method.name))
      #expect(!method.summary.isEmpty)
      #expect(method.citation?.arXiv.isEmpty == (method.name == "schedule" ? nil : false))
    }
  }

  @Test(arguments: [
    ("prumerge", "prumerge"), ("prumerge/fastv", "prumerge/fastv:K=2,R=0.5"),
    ("tome:r=19/schedule:3=20", "tome:r=19/schedule:3=20"), ("schedule:16=1,2=9", "schedule:2=9,16=1"),
  ])
  func chainsRoundTrip(specification: String, name: String) throws {
    #expect(try ReducerChain(specification).name == name)
    #expect(try ReducerChain(name).name == name)
  }

  @Test(arguments: [
    "fastv/prumerge", "prumerge/pool:2", "tome:r=19/prumerge", "fastv/pyramiddrop", "prumerge/fastv/fastv",
  ])
  func refusesChainsWithoutSense(specification: String) {
    let error = #expect(throws: Diagnostic.self) { try ReducerChain(specification) }
    #expect(error?.message.contains("makes no sense") == true)
  }

  @Test(arguments: [
    "", "/", "prumerge/", "/fastv", "fastv:K=0", "fastv:R=1.5", "sparsevlm:100", "schedule", "schedule:a=1",
  ])
  func refusesBadChains(specification: String) {
    #expect(throws: Diagnostic.self) { try ReducerChain(specification) }
  }
}
