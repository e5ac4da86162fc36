import Documents
import Foundation
import Reports
import Testing
import Validation

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
    let document = Document(operators: try validation(Self.operators), prefills: nil, unfitted: nil)
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
    let document = Document(
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
    let document = Document(operators: try validation(text), prefills: nil, unfitted: nil)
    let parts = document.markdown.components(separatedBy: "## Whole layers")
    try #require(parts.count == 2)
    #expect(parts[1].contains("in the median 44 % of a sum") && parts[1].contains("2 layers have all"))
    let counts = parts[1].split(separator: "\n").filter { $0.hasPrefix("| a100-80gb ") }.map { line in
      line.split(separator: "|")[1].trimmingCharacters(in: .whitespaces)
    }
    #expect(counts == ["1", "1", "2"])
    let without = Document(operators: try validation(Self.operators), prefills: nil, unfitted: nil)
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
    let document = Document(
      operators: try validation(Self.operators), prefills: try validation(prefills), unfitted: nil)
    #expect(document.markdown.contains("## Whole prefills"))
    let sizes = cells(document, "   2 | a100-80gb") + cells(document, "   3 | a100-80gb")
    #expect(sizes.map { $0[4] } == ["vicuna-7b, 1 x 2048 tokens", "vicuna-7b, 2 devices, 1 x 64 tokens"])
    #expect(sizes.map { $0[5] } == ["133 ms", "1.00 ks"])
    #expect(document.markdown.contains(" of the 1 on one device, 100.0 % of the 2 on several)."))
  }
}
