import Reports
import Testing

@Suite("Tables for a terminal")
struct TerminalRendererTests {
  @Test func wholeText() {
    #expect(
      TerminalRenderer().render(sampleReport) == """
        Model on Device
        prefill | batch 1

        precision     time  bound      n
        ---------  -------  -------  ---
        fp16       76.9 ms  compute  576
        int4        1.05 s  a|b       41

        first note
        second *note*

        """)
    #expect(TerminalRenderer().render(plainReport) == "name  count\n----  -----\na         1\n")
  }

  @Test("a total stands below a rule of its own")
  func total() {
    var report = plainReport
    report.tables[0] = ReportTable(
      [.text("name"), .number("count")], rows: [["a", "1"], ["total", "10"]], totals: 1)
    #expect(
      TerminalRenderer().render(report) == """
        name   count
        -----  -----
        a          1
        -----  -----
        total     10

        """)
    report.tables[0].rows.append(["rest", "2"])
    report.tables[0].totals = 2
    #expect(
      TerminalRenderer().render(report) == """
        name   count
        -----  -----
        a          1
        -----  -----
        total     10
        rest       2

        """)
  }

  @Test("several tables, each below its caption; columns hidden in any of them are named")
  func tables() {
    #expect(
      TerminalRenderer().render(twoTableReport) == """
        Two

        First
        a
        -
        x

        Second
        b  n
        -  -
        y  1

        """)
    #expect(TerminalRenderer(width: 3).render(twoTableReport).contains("not\nshown\nhere:\nn;\na\n"))
  }

  @Test("without rows there is no table")
  func empty() {
    var report = plainReport
    report.headings = ["Nothing"]
    report.tables[0].rows = []
    #expect(TerminalRenderer().render(report) == "Nothing\n")
  }

  // The four columns are 9, 7, 7 and 3 wide and two apart: 32 in all; without `bound` 23, without `time` too 14. What is
  // narrower has no table, but a line for every value.
  @Test(arguments: [(32, 4), (31, 3), (23, 3), (22, 2), (14, 2), (13, 0), (5, 0)])
  func columnsThatFit(width: Int, expected: Int) {
    let lines = TerminalRenderer(width: width).render(sampleReport).split(separator: "\n")
    let rule = lines.first { $0.hasPrefix("---") }
    #expect((rule?.split(separator: " ").count ?? 0) == expected)
  }

  @Test func hiddenColumns() {
    #expect(
      TerminalRenderer(width: 31).render(sampleReport)
        .hasSuffix("\nnot shown here: bound; a wider\nterminal or --format markdown\nhas all\n"))
    #expect(
      TerminalRenderer(width: 22).render(sampleReport)
        .hasSuffix("\nnot shown here: time,\nbound; a wider\nterminal or --format\nmarkdown has all\n"))
  }

  @Test("long lines break between words; a word that is too long stays whole")
  func wrapping() {
    var report = plainReport
    report.headings = ["one two three", "unbreakablelongword x"]
    #expect(
      TerminalRenderer(width: 11).render(report) == """
        one two
        three
        unbreakablelongword
        x

        name  count
        ----  -----
        a         1

        """)
  }

  @Test("bold headings, faint rules and notes, and only if colour is wanted")
  func color() {
    let text = TerminalRenderer(usesColor: true).render(sampleReport)
    #expect(text.hasPrefix("\u{1B}[1mModel on Device\u{1B}[0m\nprefill | batch 1\n\n\u{1B}[1mprecision"))
    #expect(text.hasSuffix("\u{1B}[2mfirst note\u{1B}[0m\n\u{1B}[2msecond *note*\u{1B}[0m\n"))
    #expect(text.contains("\u{1B}[2m---------  -------  -------  ---\u{1B}[0m\nfp16 "))
    #expect(!TerminalRenderer().render(sampleReport).contains("\u{1B}"))
  }

  @Test("line ends and control characters of the data neither break the table nor steer the terminal")
  func controlCharacters() {
    var report = plainReport
    report.headings = ["a\nb\u{1B}[31m"]
    report.tables[0].rows = [["x\r\ny\t", "1"]]
    report.notes = ["c\u{7}"]
    #expect(
      TerminalRenderer().render(report) == #"""
        a\nb\u{1B}[31m

        name      count
        --------  -----
        x\r\ny\t      1

        c\u{07}

        """#)
  }

  @Test("a letter with an accent is one column wide, however it is encoded")
  func accents() {
    var report = plainReport
    report.tables[0].rows = [["e\u{301}e\u{301}", "1"], ["\u{E9}\u{E9}", "2"]]
    let lines = TerminalRenderer().render(report).split(separator: "\n")
    #expect(Set(lines.map(\.count)) == [11])
  }
}
