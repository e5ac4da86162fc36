internal import CRoofline
internal import RooflineKit

/// A reducer that the caller ran, with what it says that it costs for an image.
struct GivenReducer: FeatureReducer {
  let name: String
  let readsLastLayer: Bool
  private let steps: [roofline_operator]

  /// - Throws: `Diagnostic` for a cost that is no number.
  init(_ reducer: roofline_reducer) throws(Diagnostic) {
    name = try text(reducer.name, "the name of a reducer")
    readsLastLayer = reducer.reads_last_layer != 0
    steps = Array(UnsafeBufferPointer(start: reducer.operators, count: Int(max(0, reducer.operator_count))))
    for step in steps {
      for number in [step.flops, step.vector_flops, step.reads, step.writes] {
        guard number >= 0, number < 1e30 else {
          throw Diagnostic("expected what an operator of \(name) costs from 0 to 1e30, found \(number)")
        }
      }
    }
  }

  /// The steps for all images, one after the other: `step_1`, `step_2`.
  func operators(_ shape: ReductionShape) -> [Operator] {
    let images = Double(shape.images)
    return (readsLastLayer ? shape.lastLayer() : [])
      + steps.enumerated().map { index, step in
        Operator(
          Operator.Name("step", number: index + 1), flops: step.flops * images, vectorFLOPs: step.vector_flops * images,
          reading: step.reads * images, writing: step.writes * images)
      }
  }
}
