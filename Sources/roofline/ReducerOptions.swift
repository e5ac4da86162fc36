internal import ArgumentParser
internal import RooflineKit

/// A reducer of features on the command line, for example `prumerge+:ratio=0.125`.
struct ReducerArgument {
  let reducer: any TokenReducer

  static let pruMerge = ReducerArgument(reducer: PruMerge())

  private init(reducer: any TokenReducer) { self.reducer = reducer }

  /// The reducer of a specification; an unknown one is a wrong call.
  init(named specification: String) throws {
    do {
      reducer = try Reducers.named(specification)
    } catch {
      throw ValidationError(error.message)
    }
  }
}

/// One or two methods on the command line, for example `prumerge/fastv:K=2,R=0.5`.
struct ChainArgument {
  let chain: ReducerChain

  static let pruMerge = ChainArgument(chain: ReducerChain(PruMerge()))
  static let pruMergePlus = ChainArgument(chain: ReducerChain(PruMergePlus()))

  private init(chain: ReducerChain) { self.chain = chain }

  /// The chain of a specification; an unknown or senseless one is a wrong call.
  init(named specification: String) throws {
    do {
      chain = try ReducerChain(specification)
    } catch {
      throw ValidationError(error.message)
    }
  }
}

/// The features that reducers work on.
struct FeatureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A built-in sample (synthetic): \(Sample.all.map(\.name).joined(separator: ", ")). Default: text.",
      valueName: "name"),
    completion: .list(Sample.all.map(\.name)))
  var sample: String?

  @Option(
    help: ArgumentHelp(
      "A safetensors file with keys, cls_query and tokens, for some methods penultimate_keys and penultimate_cls_query.",
      valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var features: String?

  @OptionGroup var images: ImageOptions

  func validate() throws {
    let given = [sample != nil, features != nil, images.isGiven].count { $0 }
    guard given <= 1 else { throw ValidationError("give one of --image, --features and --sample") }
    // An input also where no reducer of the call reads it.
    if let features { InputFiles.add([features]) }
    let names = Sample.all.map(\.name)
    if let sample, !names.contains(sample.spelling) {
      throw ValidationError("unknown sample \"\(sample)\"; known are \(names.joined(separator: ", "))")
    }
  }

  /// The features, read or generated now.
  func load() throws(Diagnostic) -> VisualFeatures {
    if let features { return try VisualFeatures(contentsOf: features) }
    return try Sample.named(sample ?? "text").features()
  }
}
