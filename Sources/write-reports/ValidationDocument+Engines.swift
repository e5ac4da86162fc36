internal import RooflineKit

extension Document {
  /// Times of engines: as the files have them, and with sources left out.
  static func engines(_ validation: EngineValidation, _ study: LeftOutSources) -> [Block] {
    [
      .heading(level: 2, "Engines"),
      .paragraph(
        "Published prefills, times to the first token, steps of decoding and whole requests, with the times of "
          + "[engines](../engines) ([how](../Documentation/times.md)). A class is of devices of one kind, of one kind of "
          + "engine (*interpreted*: launched from Python one by one; *compiled*: all others), of one phase (prefills and "
          + "times to the first token; steps; requests, and throughputs of batches that start and end together), and of "
          + "weights of 4, 8 or 16 bits. *Spread* is how far repeated times (the same model, lengths, device and precision, "
          + "whoever measured them) lie from their median, in the median: less no prediction can reach. *In range* counts "
          + "times in the range that is printed beside such an estimate. What was fitted: for a class of devices the shares "
          + "of the bandwidth of 16, 8 and 4 bits and of the cache, and the overhead of a kernel; for an engine the host's "
          + "times, and its arithmetic by class and bits. The files' figures are rounded by hand near the fit to all."),
      .paragraph("With the files' figures, \(Report.sum(validation))."),
      .table(Report.errors(validation)),
    ] + suspects(validation) + misses(study.judged) + [
      .heading(level: 2, "Engines, sources left out"),
      .paragraph(
        "Every figure starts where data sheets and other kernels suggest, and is fitted (`roofline validate --left-out`). "
          + "Fitted to all, \(Report.sum(study.fitted)). Every source judged by a fit without it, \(Report.sum(study.leftOut)); "
          + "figures that only that source speaks of stay where they start. The table leaves a source out where its class has "
          + "another one: \(Report.sum(study.judged))."),
      .table(Report.errors(study.judged)),
      .heading(level: 2, "Ranges of engines"),
      .paragraph(
        "Measured over expected times, from the 10th to the 90th percentile of times whose source was left out, every source "
          + "counting as much as another, moved apart by a factor \(study.widening.fixed(2)) of their logarithms. With that, "
          + "\(study.covered.inside) of \(study.covered.rows) times "
          + "(\((Double(study.covered.inside) / Double(max(1, study.covered.rows))).percent)) lie in the range that the other "
          + "sources of their class give, of which neither the figures nor the range have seen theirs; the one factor is "
          + "chosen for four of five of all classes, those among them whose range is too wide to be said. A class of fewer "
          + "than two sources or six times has no range, nor one whose range would span more than a factor of four."),
      .table(Report.ranges(study)),
    ]
  }

  private static func suspects(_ validation: EngineValidation) -> [Block] {
    guard !validation.suspects.isEmpty else { return [.paragraph("No time is faster than ideal.")] }
    return [.table(Report.runs(validation.suspects, caption: "Faster than ideal: suspect"))]
  }

  /// Classes of six times or more that miss what was aimed at.
  private static func misses(_ validation: EngineValidation) -> [Block] {
    let missed = validation.groups.filter { group in
      let aim = group.engineClass?.kind == .interpreted ? 0.25 : max(0.15, 1.25 * (group.spread ?? 0))
      return group.runs.count > 5 && (group.errors.median > aim || abs(group.errors.bias) > 0.15)
    }
    guard !missed.isEmpty else { return [] }
    let names = missed.map { group in
      "\(group.engineClass?.title ?? "kernels") (\(group.errors.median.percent), bias \(group.errors.bias.signedPercent))"
    }
    return [
      .paragraph(
        "Classes of six times or more, sources left out, whose median is beyond 15 % (1.25 times the spread where that is more; "
          + "25 % of interpreted ones) or whose bias is: \(names.joined(separator: "; ")). Prefills of 4-bit weights and of llama.cpp on "
          + "GPUs differ by versions, those of 2023 and 2024 without integer matrix kernels taking up to three times as long "
          + "as later ones; AutoAWQ and bitsandbytes are one engine here, transformers, and differ fivefold.")
    ]
  }
}
