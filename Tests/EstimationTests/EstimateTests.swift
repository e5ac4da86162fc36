import Architectures
import Configurations
import Catalog
import Documents
import Estimation
import Hardware
import Operators
import Quantities
import Reduction
import ReductionMethods
import Testing

@Suite struct EstimateTests {
  private func estimate(
    _ model: String, on hardware: String = "v100", _ precision: Precision = .fp16, visualTokens: Int = 576,
    textTokens: Int = 40, batch: Int = 1
  ) throws -> Estimate {
    try Estimate(
      Catalog.standard.model(model), on: Catalog.standard.hardware(hardware), precision: precision,
      visualInput: .tokens(visualTokens), textTokens: textTokens, batch: batch)
  }

  @Test func llavaHasEveryStage() throws {
    let stages = try estimate("llava-1.5-7b").stages
    #expect(stages.map(\.stage) == [.vision, .connector, .prefill])
    // 23 of CLIP's 24 layers and the connector, as in CountTests; the prefill's vocabulary of 32,064 rows adds
    // 2 x 4096 x 64 FLOPs of head to Vicuna's 8,177,644,994,560.
    #expect(stages[0].flops == FLOPs(366_033_858_560))
    #expect(stages[1].flops == FLOPs(24_159_191_040))
    #expect(stages[2].flops == FLOPs(8_177_644_994_560 + 2 * 4096 * 64))
  }

  @Test func withoutAClassTokenItsAttentionCannotBeRead() throws {
    // SigLIP's towers have none: PruMerge would price a choice that nothing can make; fixed places need no attention.
    let config = """
      {"model_type": "llava", "vision_feature_select_strategy": "full", "vision_config": {
        "model_type": "siglip_vision_model", "image_size": 336, "patch_size": 14, "hidden_size": 1024,
        "num_attention_heads": 16, "num_hidden_layers": 24, "intermediate_size": 4096}}
      """
    let model = try MultimodalModel(config: JSON.parse(Array(config.utf8), file: "config.json"), name: "siglip")
    let v100 = try Catalog.standard.hardware("v100")
    for name in [
      "prumerge", "prumerge+:ratio=0.125", "fastervlm:144,bill=released", "visionzip:54+10,bill=released",
    ] {
      let visual = try VisualInput.reduced(by: Reducers.named(name), Sample.text.features())
      #expect(throws: Diagnostic.self) {
        try Estimate(model, on: v100, precision: .fp16, visualInput: visual, textTokens: 40)
      }
    }
    let spatial = try VisualInput.reduced(by: Reducers.named("spatial:12x12"), Sample.text.features())
    #expect(
      try Estimate(model, on: v100, precision: .fp16, visualInput: spatial, textTokens: 40).visualTokens == 144)
  }

  @Test func withoutAClassTokenTheMeanOverAllPatchesIsBilled() throws {
    // 4 patches of width 8 in 2 heads, 2 of them kept: the square of scores takes 2 x 4 x 4 x 8 FLOPs and reads the
    // queries and keys of 4 patches, 2 x 4 x 8 numbers of 2 bytes; 4 numbers are left.
    let block = TransformerBlock.encoder(width: 8, heads: 2, headWidth: 4, feedForward: 16, activation: .gelu)
    let shape = ReductionShape(
      patches: 4, block: block, classToken: false, kept: 2, count: 2, images: 1, layers: 2)
    for name in ["fastervlm:2", "visionzip:1+1"] {
      let reducer = try Reducers.named(name)
      let attention = try #require(reducer.operators(shape).first { $0.name == "class_attention" })
      #expect(attention.flops == FLOPs(256))
    }
    // PruMerge asks with the mean of 4 queries of width 8, once: 32 additions, one query and 4 keys of 8 x 8 products.
    let mean = try Reducers.named("prumerge:query=mean").operators(shape)
    #expect(mean.first { $0.name == "mean_query" }?.vectorFLOPs == FLOPs(32))
    #expect(mean.first { $0.name == "last_layer.class_query" }?.flops == FLOPs(2 * 64))
    #expect(mean.first { $0.name == "last_layer.keys" }?.flops == FLOPs(2 * 4 * 64))
    // A class token beside the patches is a fifth row, and its own row of scores is enough.
    var beside = shape
    beside.classToken = true
    let reducer = try Reducers.named("fastervlm:2")
    #expect(reducer.operators(beside).first { $0.name == "class_attention" }?.flops == FLOPs(2 * 5 * 8))
  }

  @Test func reducerIsOnTheBill() throws {
    let model = try Catalog.standard.model("llava-1.5-7b")
    let visual = try VisualInput.reduced(by: PruMerge(), Sample.text.features())
    let estimate = try Estimate(
      model, on: Catalog.standard.hardware("v100"), precision: .int4, visualInput: visual, textTokens: 40)
    #expect(estimate.stages.map(\.stage) == [.vision, .connector, .reduction, .prefill])
    // 40 outliers and one merged token. Keys of 577 tokens and one query: 2 x 578 x 1024^2; class attention:
    // 2 x 577 x 1024; similarities of 40 patches with 576: 2 x 40 x 576 x 1024.
    let reduction = estimate.stages[2]
    #expect(estimate.visualTokens == 41)
    #expect(reduction.flops == FLOPs(1_212_153_856 + 1_181_696 + 47_185_920))
    // Vision tower and reducer are not quantised: their weights are read at 16 bits. Two matrices of 1024^2, their
    // biases and the norm's 2 x 1024.
    #expect(reduction.traffic.weights == Bytes(2 * (2 * 1024 * 1024 + 2 * 1024 + 2 * 1024)))
    #expect(estimate.totalSeconds == estimate.stages.map(\.seconds).sum())
  }

  @Test(arguments: [(10, 13.0), (23, 0), (24, 0)])
  func reducerPaysForLayersThatOnlyItNeeds(used: Int, billed: Double) throws {
    // PruMerge reads the last layer's keys: layers 11 to 23 run for it alone if the model uses 10, none if 23. If the
    // model uses all 24, the keys are there and cost nothing more.
    var model = try Catalog.standard.model("llava-1.5-7b")
    let encoder = try #require(model.vision?.encoder)
    model.vision = MultimodalModel.Vision(encoder: encoder, layersUsed: used)
    let visual = try VisualInput.reduced(by: PruMerge(), Sample.text.features())
    let estimate = try Estimate(
      model, on: Catalog.standard.hardware("v100"), precision: .fp16, visualInput: visual, textTokens: 40)
    let reduction = try #require(estimate.stages.first { $0.stage == .reduction })
    // A layer of 8 n w^2 + 4 n w f + 4 n^2 w FLOPs, as in CountTests; keys, query, attention and similarities as above.
    let keys = used == 24 ? 0.0 : 1_212_153_856
    #expect(reduction.flops == FLOPs(billed * 15_884_357_632 + keys + 1_181_696 + 47_185_920))
  }

  @Test func eagerFootprintHoldsTheScores() throws {
    let eager = try Estimate(
      Catalog.standard.model("vicuna-7b"), on: Catalog.standard.hardware("v100"), precision: .fp16,
      visualInput: .tokens(2008), textTokens: 40, accounting: .exact(kernels: .eager))
    // Adding the mask: scores of 32 heads x 2048^2 read and written, the mask of 2048^2 read, the residual stream of
    // 2048 x 4096 held; 2 bytes each.
    let scores = 32.0 * 2048 * 2048
    #expect(eager.footprint.activations == Bytes(2 * (2 * scores + 2048 * 2048 + 2048 * 4096)))
  }

  @Test func formulasCountWhatTheirPapersSay() throws {
    func estimate(_ accounting: Accounting, _ precision: Precision = .fp16) throws -> Estimate {
      try Estimate(
        Catalog.standard.model("vicuna-7b"), on: Catalog.standard.hardware("a100-80gb"), precision: precision,
        visualInput: .tokens(576), textTokens: 40, accounting: accounting)
    }
    // FastV, equation 5, and SparseVLM's code.
    let (n, d, m) = (616.0, 4096.0, 11008.0)
    #expect(try estimate(.fastV).mainStage?.flops == FLOPs(32 * (4 * n * d * d + 2 * n * n * d + 2 * n * d * m)))
    #expect(try estimate(.sparseVLM).mainStage?.flops == FLOPs(32 * (4 * n * d * d + 2 * n * n * d + 3 * n * d * m)))
    // SparseVLM's is half of what torch counts, but for the head's 2 x 4096 x 32000.
    #expect(try estimate(.sparseVLM).mainStage?.flops == FLOPs((8_177_644_994_560 - 262_144_000) / 2))
    #expect(try estimate(.fastV).notes == ["fastv counts a multiply-add once and no traffic: its times are no bound"])
    // INT8 products run at twice the FP16 rate of an A100.
    #expect(try estimate(.fastV, .int8).prefillSeconds < estimate(.fastV).prefillSeconds)
  }

  @Test func footprintIsWeightsCacheAndTheLargestLiveSet() throws {
    let footprint = try estimate("vicuna-7b", batch: 2).footprint
    #expect(footprint.weights == Bytes(2 * 6_738_415_616))
    // 2 sequences x 616 tokens x 32 layers x 2 x 4096 elements of 2 bytes.
    #expect(footprint.cache == Bytes(2 * 616 * 32 * 2 * 4096 * 2))
    // SwiGLU: gate and up read, product written, residual held: (3 x 11008 + 4096) x 616 x 2 elements of 2 bytes.
    #expect(footprint.activations == Bytes(37_120 * 616 * 2 * 2))
  }

  @Test func int4WeightsKeepEmbeddingsNormsAndHead() throws {
    // 2 x 32000 x 4096 of embedding and head and 65 norms of 4096 at 16 bits, the rest at 4.15625.
    let unquantized = 2.0 * 32000 * 4096 + 65 * 4096
    let quantized = 6_738_415_616 - unquantized
    let expected = Bytes(unquantized * 2 + quantized * 4.15625 / 8)
    #expect(try estimate("vicuna-7b", .int4).footprint.weights == expected)
  }

  @Test func whatDoesNotFitSaysSo() throws {
    // 13,015,864,320 parameters in FP16 are 26 GB: too much for 16, enough for 80.
    let small = try estimate("vicuna-13b")
    #expect(small.fits == false)
    #expect(small.notes.contains { $0.hasPrefix("does not fit: needs 26.6 GB, has 16.9 GB") })
    #expect(try estimate("vicuna-13b", on: "a100-80gb").fits == true)
    // A CPU's memory depends on the machine.
    #expect(try estimate("vicuna-13b", on: "epyc-9654").fits == nil)
  }

  @Test(arguments: [
    (Precision.bf16, NumberFormat.fp16), (.int8, .fp16), (.fp8, .fp16),
  ])
  func whatTheV100LacksFallsToFP16AndIsSaid(precision: Precision, format: NumberFormat) throws {
    let fp16 = try estimate("vicuna-7b", .fp16)
    let other = try estimate("vicuna-7b", precision)
    #expect(other.mainStage?.price.secondsByBound[.compute].value ?? 0 > 0)
    #expect(other.notes.contains { $0.contains("v100 has no \(precision.productFormat)") && $0.contains("FP16 rate") })
    #expect(fp16.notes.isEmpty)
    let product = try #require(other.mainStage?.operators.first { $0.operation.name == "mlp.gate_up" })
    // 2 x 616 x 4096 x 22016 FLOPs at 112 TFLOP/s.
    #expect(abs(product.time[.compute].value - 2 * 616 * 4096 * 22016 / 112e12) < 1e-15)
  }

  @Test func moreTokensThanAnImageMakesNeedMoreImages() throws {
    let one = try estimate("llava-1.5-7b", visualTokens: 576)
    let two = try estimate("llava-1.5-7b", visualTokens: 577)
    #expect(one.workload.images == 1)
    #expect(two.workload.images == 2)
    #expect(two.stages[0].flops == 2 * one.stages[0].flops)
    #expect(two.notes == ["2 images of 576 visual tokens encoded for the 577 given"])
  }

  @Test func visionTowerAloneIsOneForwardPass() throws {
    let clip = try estimate("clip-vit-large-patch14-336", textTokens: 99)
    #expect(clip.mainStage?.flops == FLOPs(381_918_216_192))
    #expect(clip.footprint.cache == .zero)
    #expect(clip.workload.textTokens == 0)
  }
}
