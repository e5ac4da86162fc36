import Documents
import Traffic

extension FuzzTarget {
  /// Traces of requests in CSV and JSON lines, and distributions of lengths, by the first byte.
  static let trace = FuzzTarget(
    "trace",
    words: [
      "arrival", "timestamp", "timestamp_ms", "prompt", "output", "input_length", "output_length", "images", "hash_ids",
      "2023-11-16 18:17:03.9799600", "2024-02-29T23:59:60Z", "field", "value", "probability", "tokens",
      "\"arrival\": 1",
      "\"hash_ids\": [1, 2]", "uniform:min=1,max=4", "gamma:mean=200,cv=1", "lognormal:mean=200,p95=700",
      "exponential:mean=3", "min=", "max=", "mean=", "cv=", "p50=", "p95=", "poisson", "bursts:size=4", "gamma:cv=2",
      "constant",
    ]
  ) { (bytes) throws(Diagnostic) in
    switch bytes.first {
    case UInt8(ascii: "="):
      let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
      let arriving = Result { () throws(Diagnostic) in try ArrivalProcess(text) }
      if case .success(let process) = arriving {
        try draw(LengthDistribution(3), process)
      } else {
        try draw(try LengthDistribution(text, "--lengths"), .poisson)
      }
    case UInt8(ascii: "%"):
      try ScratchFile.with(Array(bytes.dropFirst()), ending: ".csv") { (path) throws(Diagnostic) in
        try draw(try LengthDistribution("histogram:\(path):tokens", "--lengths"), .poisson)
      }
    default:
      let ending = bytes.first == UInt8(ascii: "{") ? ".jsonl" : ".csv"
      try ScratchFile.with(bytes, ending: ending) { (path) throws(Diagnostic) in
        let trace = try RequestTrace(contentsOf: path)
        for request in trace.requests(tokensPerPicture: 41, reducedFrom: 576, secondsPerPicture: 0.01) {
          precondition(request.arrival >= 0 && request.prompt > 0 && request.output > 0)
        }
      }
    }
  }

  /// Makes some requests of such lengths.
  private static func draw(_ lengths: LengthDistribution, _ process: ArrivalProcess) throws(Diagnostic) {
    var traffic = RequestTraffic(.rate(2, process), count: 32, text: lengths, output: lengths, seed: 1)
    while let request = traffic.nextRequest() { precondition(request.arrival >= 0 && request.prompt >= 0) }
  }
}
