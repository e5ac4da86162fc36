import Configurations
import Documents
import Architectures

extension FuzzTarget {
  /// Headers of GGUF files, and the models that they describe, which are priced.
  static let gguf = FuzzTarget("gguf", longest: 16_384) { (bytes) throws(Diagnostic) in
    try ScratchFile.with(bytes, ending: ".gguf") { (path) throws(Diagnostic) in
      try Pricing.price(try MultimodalModel(gguf: path, name: "fuzzed"))
    }
  }
}
