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

  @Test func prefillsAreListedRowByRow() throws {
    let prefills = "model,precision,batch,prompt_tokens,device,seconds\nVicuna 7B,fp16,1,2048,a100,0.133\n"
    let document = Document(
      operators: try validation(Self.operators), prefills: try validation(prefills), unfitted: nil)
    #expect(document.markdown.contains("## Whole prefills"))
    #expect(document.markdown.contains("| vicuna-7b, 1 x 2048 tokens |   133 ms |"))
  }
}
