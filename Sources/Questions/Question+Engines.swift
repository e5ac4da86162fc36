internal import Architectures
internal import Catalog
internal import Documents
internal import Engines
internal import Estimation
internal import Hardware

extension Question {
  /// Whether an engine is named, or anything of one.
  var asksForEngines: Bool {
    !engines.isEmpty || !memoryUtilizations.isEmpty || !maxSequences.isEmpty || !maxBatchTokens.isEmpty
  }

  /// The engines of every device, each with all settings that are asked for: equally many of all devices.
  func engines(of devices: [Accelerator], in catalog: Catalog) throws(Diagnostic) -> [[Engine]] {
    guard rules.knowsEveryPass else { return devices.map { _ in [.none] } }
    var named: [Engine] = []
    for name in engines {
      for engine in name.spelling == "all" ? try catalog.allEngines() : [try catalog.engine(name)]
      where !named.contains(engine) {
        guard !named.contains(where: { $0.name == engine.name }) else {
          throw Diagnostic("two different engines are called \"\(engine.name)\"; give one of them another name")
        }
        named.append(engine)
      }
    }
    let known = named.isEmpty ? try catalog.allEngines() : []
    let settings = try engineSettings()
    var all: [[Engine]] = []
    for device in devices {
      var own: [Engine] = []
      for engine in named.isEmpty ? [known.usual(for: device)] : named {
        for setting in settings { own.append(try engine.with(setting)) }
      }
      all.append(own)
    }
    return all
  }

  /// What is changed of every engine, each way that is asked for.
  private func engineSettings() throws(Diagnostic) -> [EngineMemory.Settings] {
    func each<Value>(_ values: [Value]) -> [Value?] { values.isEmpty ? [nil] : values }
    func each(_ list: NumberList) -> [Int?] { each((0..<list.count).map { list[$0] }) }
    let counts = [memoryUtilizations.count, maxSequences.count, maxBatchTokens.count]
    guard counts.reduce(1, { $0.clampedProduct(max(1, $1)) }) <= 10_000 else {
      throw Diagnostic("expected at most 10000 settings of an engine; narrow --memory-utilization and the like")
    }
    return each(memoryUtilizations).flatMap { share in
      each(maxSequences).flatMap { sequences in
        each(maxBatchTokens).map {
          EngineMemory.Settings(utilization: share, sequences: sequences, batchTokens: $0)
        }
      }
    }
  }
}
