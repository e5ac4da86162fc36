import Documents
import Reduction
import Tensors

extension FuzzTarget {
  /// Safetensors files, all of their tensors, and features.
  static let safetensors = FuzzTarget(
    "safetensors",
    words: []
  ) { (bytes) throws(Diagnostic) in
    try ScratchFile.with(bytes, ending: ".safetensors") { (path) throws(Diagnostic) in
      let file = try SafetensorsFile(path: path)
      for name in file.names {
        _ = try? file.tensor(named: name)
        _ = try? file.integers(named: name)
        _ = try? file.indices(named: name)
      }
      _ = (file.contents, file.metadata)
      _ = try VisualFeatures(contentsOf: path)
    }
  }
}
