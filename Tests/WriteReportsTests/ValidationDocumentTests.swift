import Foundation
import RooflineKit
import Testing

@testable import write_reports

/// The report on measured times, of a few made-up measurements.
@Suite struct ValidationDocumentTests {
  private func validation(_ text: String) throws -> Validation {
    let path = NSTemporaryDirectory() + "document-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Files.write(Array(text.utf8), to: path)
    return try Validation(measurements: path)
  }

  private func cells(_ document: Document, _ start: String) -> [[String]] {
    document.markdown.split(separator: "\n").filter { $0.hasPrefix("| \(start)") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// Of the widths 4096, 2048 and 1024 every second one, counted from the largest, is held out: 2048.
  private static let operators = """
    hardware,operator,precision,rows,inner,columns,seconds,source
    a100,matmul,fp16,512,4096,4096,0.0002,grid
    a100,matmul,fp16,512,2048,4096,0.0001,grid
    a100,matmul,fp16,512,1024,4096,0.00005,grid
    """

  @Test func heldOutRowsAreCountedApart() throws {
    let document = try Document(operators: try validation(Self.operators), prefills: nil, unfitted: nil)
    #expect(document.name == "validation.md")
    let rows = cells(document, "a100-80gb | matmul ")
    #expect(rows.map { $0[3] } == ["1", "3"])
    // 2 x 512 x 2048 x 4096 FLOPs at 312 TFLOP/s are 27.5 us, 72.5 % less than measured.
    #expect(rows[0][5...7] == ["72.5 %", "72.5 %", "-72.5 %"])
    #expect(!document.markdown.contains("## Whole prefills") && !document.markdown.contains("were not fitted\n"))
    #expect(Set(document.pictures.keys) == ["charts/validation-times.svg", "charts/validation-errors.svg"])
    #expect(document.pictures.values.allSatisfy { $0.hasPrefix("<svg") })
  }

  @Test func rowsOfOtherUnitsHaveATableOfTheirOwn() throws {
    let unfitted = """
      hardware,operator,precision,rows,inner,columns,seconds,source
      t4,matmul,int8,700,2048,5124,0.001,deepbench
      t4,matmul,fp16,700,2048,5124,0.001,deepbench
      """
    let document = try Document(
      operators: try validation(Self.operators), prefills: nil, unfitted: try validation(unfitted))
    let parts = document.markdown.components(separatedBy: "INT8 on the T4 apart")
    try #require(parts.count == 2)
    let precisions = parts.map { part in
      part.split(separator: "\n").filter { $0.hasPrefix("| t4 ") }.map { $0.contains("| int8") ? "int8" : "other" }
    }
    #expect(precisions == [["other"], ["int8"]])
  }

  /// Of the two models the first is held out. A layer of the first takes 3 + 2 + 4 + 5 = 14 us of products and 2 x 2 + 2 x
  /// 1 + 2 + 3 = 11 us of others, a share of 44 %.
  @Test func wholeLayersAreSummedUp() throws {
    let kernels = [
      "matmul,64,8,24,3", "matmul,64,8,8,2", "matmul,64,8,40,4", "matmul,64,20,8,5", "norm,64,0,8,2", "add,64,0,8,1",
      "rope,64,0,16,2", "gated_activation,64,0,20,3",
    ]
    let rows = ["m/a", "m/b"].flatMap { model in
      kernels.map { kernel in
        let fields = kernel.split(separator: ",")
        return "a100,\(fields[0]),fp16,\(fields[1...3].joined(separator: ",")),\(fields[4])e-6,x:\(model)"
      }
    }
    let text = "hardware,operator,precision,rows,inner,columns,seconds,source\n" + rows.joined(separator: "\n")
    let document = try Document(operators: try validation(text), prefills: nil, unfitted: nil)
    let parts = document.markdown.components(separatedBy: "## Whole layers")
    try #require(parts.count == 2)
    #expect(parts[1].contains("in the median 44 % of a sum") && parts[1].contains("2 layers have all"))
    let counts = parts[1].split(separator: "\n").filter { $0.hasPrefix("| a100-80gb ") }.map { line in
      line.split(separator: "|")[1].trimmingCharacters(in: .whitespaces)
    }
    #expect(counts == ["1", "1", "2"])
    let without = try Document(operators: try validation(Self.operators), prefills: nil, unfitted: nil)
    #expect(!without.markdown.contains("## Whole layers"))
  }

  @Test func prefillsAreListedRowByRow() throws {
    // Expected are some milliseconds: 100 % less than 1000 and 2000 s, to the digits that are printed.
    let prefills = """
      model,precision,batch,prompt_tokens,device,n_dev,seconds
      Vicuna 7B,fp16,1,2048,a100,1,0.133
      Vicuna 7B,fp16,1,64,a100,2,1000
      Vicuna 7B,fp16,1,64,a100,4,2000
      """
    let document = try Document(
      operators: try validation(Self.operators), prefills: try validation(prefills), unfitted: nil)
    #expect(document.markdown.contains("## Whole prefills"))
    let sizes = cells(document, "   2 | a100-80gb") + cells(document, "   3 | a100-80gb")
    #expect(sizes.map { $0[4] } == ["vicuna-7b, 1 x 2048 tokens", "vicuna-7b, 2 devices, 1 x 64 tokens"])
    #expect(sizes.map { $0[5] } == ["133 ms", "1.00 ks"])
    #expect(document.markdown.contains(" of the 1 on one device, 100.0 % of the 2 on several)."))
  }

  /// One prompt measured at 1000, 2000 and 3000 s takes r, 2 r and 3 r times the expected time: the 10th percentile is 1.2 r,
  /// the median 2 r, the 90th percentile 2.8 r.
  @Test func rangesAreMeasuredOverExpected() throws {
    let rows = ["a100,fp16", "v100,fp16", "a100,int4", "h100,fp8"].flatMap { device in
      let (name, precision) = (device.prefix(4), device.dropFirst(5))
      return [1000, 2000, 3000].map { "Vicuna 7B,\(precision),1,64,\(name),1,\($0)" }
    }
    let header = "model,precision,batch,prompt_tokens,device,n_dev,seconds\n"
    let document = try Document(
      operators: try validation(Self.operators), prefills: try validation(header + rows.joined(separator: "\n")),
      unfitted: nil)
    for (kind, count) in [
      ("kernels measured on the device, 16 bits", "3"), ("kernels measured on the device, FP8", "3"),
      ("kernels estimated from the class", "6"),
    ] {
      let row = try #require(cells(document, "prefills, \(kind)").first)
      #expect(row[1] == count)
      let shares = row[2...4].compactMap { Double($0) }
      try #require(shares.count == 3)
      #expect(shares[1] > 1000)
      if count == "3" { #expect(abs(shares[0] / shares[1] - 0.6) < 1e-4 && abs(shares[2] / shares[1] - 1.4) < 1e-4) }
    }
  }

  /// 2 x 512 x 1024 x 4096 FLOPs at 312 TFLOP/s are 13.8 us; tiles and overhead add a few. 1 s is 100.0 % more.
  @Test func unseenModelsAreSetBesideTheHeldOutHalf() throws {
    let unseen = """
      hardware,operator,precision,rows,inner,columns,seconds,source
      a100,matmul,fp16,512,2048,4096,1,x:m/new
      a100,matmul,fp16,16,2048,4100,1,x:m/new
      a100,gated_activation,fp16,512,0,4096,1,x:m/new
      a100,norm,fp16,512,0,4096,1,x:m/new
      """
    let document = try Document(
      operators: try validation(Self.operators), prefills: nil, unfitted: nil, unseen: try validation(unseen))
    let parts = document.markdown.components(separatedBy: "## Models that were never looked at")
    try #require(parts.count == 2)
    // The first product is as wide as the one that was held out.
    #expect(parts[1].contains("on a100-80gb 50 % (the others' median error is 100.0 %); on other devices none."))
    #expect(cells(document, "a100-80gb | fp16      |     2 |").map { [$0[3], $0[6]] } == [["100.0 %", "1"]])
    #expect(parts[1].contains("missed by a100-80gb products (median 100.0 %, 90 % 100.0 %, bias -100.0 %), "))
    #expect(parts[1].contains("a100-80gb gated_activation (median 100.0 %), a100-80gb norm (median 100.0 %)."))
    // Of the held-out product 27.5 of 100 us are its bound, so that its error is at most 72.5 %.
    #expect(parts[1].contains(" Medians above those of held-out rows: a100-80gb matmul (100.0 % "))
    #expect(cells(document, "a100-80gb   | m/new").map { $0[2] } == ["2"])
    #expect(!parts[0].contains("m/new") && !parts[1].contains("Sums over one layer"))
  }

  @Test func productsAreCountedByRows() throws {
    let rows = [1, 2, 16, 17, 64, 65, 256, 257, 1024, 1025].flatMap { rows in
      [4096, 2048].map { "a100,matmul,fp16,\(rows),\($0),4096,1,grid" }
    }
    let header = "hardware,operator,precision,rows,inner,columns,seconds,source\n"
    let document = try Document(
      operators: try validation(header + rows.joined(separator: "\n")), prefills: nil, unfitted: nil)
    let table = cells(document, "a100-80gb | fp16 ")
    #expect(table.map { $0[2] } == ["1", "2 to 16", "17 to 64", "65 to 256", "257 to 1024", "more"])
    #expect(table.map { $0[3] } == ["1", "2", "2", "2", "2", "1"])
    #expect(document.markdown.contains("by more than a tenth in the mean: a100-80gb fp16 at 1 (-100.0 %), "))
  }

  /// Of the two models the first is held out. 3 x 2 x 730 x 8192 bytes at 3350 GB/s take 10.7 us, of which most stay in
  /// the 50 MiB of the cache: the formula is shorter, and so is the second row.
  @Test func sumsThatTheBoundDecidesAreSaid() throws {
    let add = """
      hardware,operator,precision,rows,inner,columns,seconds,source
      h100,add,fp16,730,0,8192,0.00005,x:m/a
      h100,add,fp16,730,0,8192,0.00001,x:m/a
      h100,add,fp16,730,0,8192,0.00005,x:m/b
      """
    let document = try Document(operators: try validation(add), prefills: nil, unfitted: nil)
    #expect(document.markdown.contains("Of the 2 held-out rows of `add` on h100-sxm, 2 are predicted as the bound"))
    #expect(document.markdown.contains("and 1 are measured faster than it"))
    #expect(document.markdown.contains("suspect; they count in the errors of all tables."))
  }

  @Test func prefillsFasterThanTheBoundAreNamed() throws {
    let header = "model,precision,batch,prompt_tokens,device,n_dev,seconds\n"
    let text = header + "Vicuna 7B,fp16,1,2048,a100,1,0.001\nVicuna 7B,fp16,1,2048,a100,1,0.133"
    let document = try Document(
      operators: try validation(Self.operators), prefills: try validation(text), unfitted: nil)
    #expect(document.markdown.contains("Of the 1 rows that are not faster"))
    #expect(document.markdown.contains("Faster than the bound: a100-80gb 1.00 ms (bound "))
  }
}
