import Catalog
import Documents
import Engines
import Hardware

extension FuzzTarget {
  /// Files of devices, of engines and of models; what is sound is priced.
  static let catalog = FuzzTarget(
    "catalog", longest: 8192,
    words: [
      "name", "title", "aliases", "vendor", "kind", "class", "matrix", "half_sums", "vector", "memory", "bandwidth",
      "capacity", "last_level_cache", "interconnect", "mesh", "link_latency", "power", "price_per_hour", "achieved",
      "exceptions", "sources", "notes", "value", "source", "unverified", "fp16", "int8", "fp32", "TFLOP/s", "GB/s",
      "GiB",
      "us", "W", "gpu", "cpu", "tpu", "vision", "connector", "language", "config", "images", "parameters", "model",
      "layers_used", "widths", "activation", "layers", "width", "heads", "kv_heads", "head_width", "feed_forward",
      "vocabulary", "norm", "qkv_bias", "tied_embeddings", "utilization", "cache_share", "context", "times", "step",
      "request", "scheduling", "tokens", "sequences",
    ]
  ) { (bytes) throws(Diagnostic) in
    let root = try YAML.parse(bytes, file: "fuzzed.yaml")
    let keys = Set(try root.entries("the file").map(\.key))
    if keys.contains("vendor") {
      try Pricing.price(on: try Accelerator(file: root))
    } else if keys.isDisjoint(with: ["language", "vision", "config"]) {
      try Pricing.price(by: try Engine(file: root))
    } else {
      try Pricing.price(try Catalog.standard.adding(root, named: "fuzzed").model("fuzzed"))
    }
  }
}
