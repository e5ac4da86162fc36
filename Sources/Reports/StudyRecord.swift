internal import Architectures
public import Estimation
internal import Hardware
internal import Operators
internal import Quantities
internal import Reduction

extension Record {
  /// The rows of a study, with the keys of schema `roofline/2`; those of a picture begin with `image`, its file.
  public static func rows(of study: Study, image: String? = nil, notes: [String] = []) -> [Record] {
    study.rows.map(StudyFigures.init).map { row in
      var record = Record(row)
      if let image { record.fields.insert(Field(key: "image", value: .text(image)), at: 0) }
      if !notes.isEmpty, let note = record.fields.firstIndex(where: { $0.key == "note" }) {
        let all = notes + (row.estimate.noteForMachines(row.notes).map { [$0] } ?? [])
        record.fields[note].value = .text(all.joined(separator: "; "))
      }
      return record
    }
  }

  /// A row of a study, with the keys of schema `roofline/2`.
  init(_ row: StudyFigures) {
    let estimate = row.estimate
    let main = estimate.mainStage
    let traffic = main?.traffic ?? .zero
    let reduction = estimate.visualInput.reduction
    self.init([
      "model": .text(estimate.model.name),
      "hardware": .text(estimate.hardware.name),
      "precision": .text(estimate.precision.name),
      "accounting": .text(estimate.accounting.name),
      "kernels": .text(estimate.accounting.kernels?.rawValue),
      "reducer": .text(estimate.reducerName ?? "none"),
      "sample": .text(reduction?.sample),
      "visual_tokens": .number(estimate.visualTokens),
      "text_tokens": .number(estimate.workload.textTokens),
      "tokens": .number(estimate.tokens),
      "batch": .number(estimate.workload.batch),
      "parameters": .number(estimate.model.parameterCount),
      "flops": .number(main?.flops.value),
      "executed_flops": .number(main?.price.executedFLOPs.value),
      "vector_flops": .number(main?.vectorFLOPs.value),
      "traffic_bytes": .number(traffic == .zero ? nil : traffic.total.value),
      "weight_bytes": .number(estimate.footprint.weights.value),
      "activation_read_bytes": .number(traffic.activationsRead.value),
      "activation_written_bytes": .number(traffic.activationsWritten.value),
      "kv_cache_bytes": .number(estimate.footprint.cache.value),
      "footprint_bytes": .number(estimate.footprint.total.value),
      "capacity_bytes": .number(estimate.hardware.capacity?.value.value),
      "fits": .boolean(estimate.fits),
      "prefill_seconds": .number(estimate.prefillSeconds.value),
      "expected_prefill_seconds": .number(estimate.expectedPrefillSeconds.value),
      "bound": .text(main?.bound.rawValue),
      "speedup": .number(row.row.speedup),
      "note": .text(estimate.noteForMachines(row.notes)),
      "intensity": .number(main?.intensity.value),
      "ridge_point": .number(estimate.ridgePoint.value),
      "expected_low_seconds": .number(estimate.expectedPrefillRange?.lowerBound.value),
      "expected_high_seconds": .number(estimate.expectedPrefillRange?.upperBound.value),
      "expected_basis": .text(estimate.expectedBasis.rawValue),
      "mean_visual_tokens": .number(estimate.workload.visualTokens.mean(layers: estimate.model.language?.layers ?? 0)),
    ])
    fields += Record.request(row)
    guard estimate.model.vision != nil else { return }
    let stages = estimate.stages.map { stage in
      Record([
        "stage": .text(stage.stage.rawValue), "flops": .number(stage.flops.value),
        "traffic_bytes": .number(stage.traffic.total.value), "seconds": .number(stage.seconds.value),
        "expected_seconds": .number(stage.expectedSeconds.value),
      ])
    }
    fields.append(Field(key: "stages", value: .records(stages)))
    fields.append(Field(key: "total_seconds", value: .number(estimate.totalSeconds.value)))
    fields.append(Field(key: "expected_total_seconds", value: .number(estimate.expectedTotalSeconds.value)))
    fields.append(Field(key: "total_speedup", value: .number(row.row.totalSpeedup)))
  }
}

extension Estimate {
  /// Its notes, which are at hand, in one text, or nil without any.
  func noteForMachines(_ notes: [String]) -> String? {
    let all = notes + (syntheticNote.map { [$0] } ?? [])
    return all.isEmpty ? nil : all.joined(separator: "; ")
  }

  /// The ridge point of the precision's own products on the device.
  var ridgePoint: Intensity {
    mainStage?.ridgePoint ?? hardware.ridgePoint(precision.format)
  }
}
