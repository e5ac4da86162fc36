internal import RooflineKit

extension Document {
  /// Pools of caches that engines reported.
  static func memory(_ validation: MemoryValidation) -> [Block] {
    [
      .heading(level: 2, "Memory"),
      .paragraph(
        "Pools of the key-value cache that vLLM reported when it started, against those that are reckoned for it "
          + "([how](../Documentation/memory.md)): llm-d-planner's reports of vLLM 0.15 to 0.19 on H100 "
          + "(github.com/llm-d-incubation/llm-d-planner at commits 875a4fd, 2d557dc and d3121e0), LLMServingSim's log on an RTX "
          + "4090 (commit 5daddb2), logs in package issues. Pools that several runs report are counted once; *told rightly* "
          + "counts runs that started and fit, or did neither: gpt-oss-20b at 0.95, whose rows name no format and whose checkpoint "
          + "is in MXFP4, a run over five ranks that do not divide the vocabulary, and sequences that had no room."),
      .table(Report.errors(validation)),
      .paragraph(
        "Fitted to the H100 runs of 0.17 to 0.19, and nothing else: 12.4 bytes a logit beside the logits themselves, 1.7 "
          + "tensors of the residual stream beside those, 4.2 beside the widest operator of a layer (CodeLlama 7B and Granite "
          + "3.1 8B, whose vocabularies are small), 2 more of models that read images (Granite Vision 3.3 2B, Mistral Small "
          + "3.1). Not fitted: buffers of experts' kernels, tokens x experts a token x widths of their products, which explain Mixtral "
          + "over two ranks and DeepSeek-V2-Lite. Taken as reported: 0.25 GiB of context alone, 2.07 from two tensor ranks on, 0.07 in pipelines. To those of "
          + "0.16 and before: 36.9 bytes a logit. Runs of versions before 0.8, which pass a prompt whole, and all other cards "
          + "had no part in it. Memory of every other engine is as its documentation describes it, and not measured."),
      .table(Report.runs(validation.worst(5))),
    ]
  }
}
