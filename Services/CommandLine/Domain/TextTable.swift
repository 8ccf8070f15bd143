/// Rows of texts as aligned columns.
package struct TextTable: Sendable {
    private var rows: [[String]]

    /// Makes a table of rows; the first may be a heading like any other.
    package init(_ rows: [[String]]) { self.rows = rows }

    /// The rows, columns two spaces apart, no spaces at the ends of lines.
    package var lines: [String] {
        let columns = self.rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            self.rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return self.rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 {
                    line += String(repeating: " ", count: widths[column] - cell.count + 2)
                }
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
