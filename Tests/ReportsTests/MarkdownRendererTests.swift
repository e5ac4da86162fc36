import Reports
import Testing

@Suite("Markdown")
struct MarkdownRendererTests {
  @Test func wholeText() {
    #expect(
      MarkdownRenderer().render(sampleReport) == #"""
        Model on Device  
        prefill \| batch 1

        | precision |    time | bound   |   n |
        | --------- | ------: | ------- | --: |
        | fp16      | 76.9 ms | compute | 576 |
        | int4      |  1.05 s | a\|b    |  41 |

        - first note
        - second \*note\*

        """#)
    #expect(
      MarkdownRenderer().render(plainReport) == """
        | name | count |
        | ---- | ----: |
        | a    |     1 |

        """)
  }

  @Test("several tables, each below its caption")
  func tables() {
    #expect(
      MarkdownRenderer().render(twoTableReport) == """
        Two

        First

        | a   |
        | --- |
        | x   |

        Second

        | b   |   n |
        | --- | --: |
        | y   |   1 |

        """)
  }

  @Test("a column is at least as wide as the rule needs: three dashes")
  func narrow() {
    let table = ReportTable([.text("a"), .number("b")], rows: [["x", "1"]])
    #expect(MarkdownRenderer().table(table) == "| a   |   b |\n| --- | --: |\n| x   |   1 |")
  }

  @Test("what Markdown would take for markup is escaped, and a cell stays on its line")
  func escaping() {
    let table = ReportTable([.text("a")], rows: [["a_b*c`d<e\\f|g"], ["x\ny\r\nz\u{1B}"]])
    let lines = MarkdownRenderer().table(table).split(separator: "\n")
    #expect(lines[2] == #"| a\_b\*c\`d\<e\\f\|g |"#)
    #expect(lines[3] == #"| x\\ny\\r\\nz\\u{1B} |"#)
    #expect(lines.count == 4)
  }
}
