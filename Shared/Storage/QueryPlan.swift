/// Asks the database how it would carry statements out.
///
/// For tests: a statement that walks through a growing table is fast until the table has grown.
public enum QueryPlan {
    /// The steps of a statement that walk through a whole table or index; empty when there is none.
    ///
    /// Each is SQLite's own line, for example `SCAN flow` or `SCAN flow USING INDEX flow_name`. A
    /// table is named as the statement names it, which is its alias when it has one; those in
    /// `except` are known to stay small.
    public static func scans(
        _ sql: String, in database: SQLiteDatabase, except small: Set<String> = []
    ) async throws -> [String] {
        try await database.queryPlan(sql).filter { line in
            let words = line.split(separator: " ")
            guard words.first == "SCAN", words.count > 1 else { return false }
            return words[1] != "CONSTANT" && !small.contains(String(words[1]))
        }
    }

    /// The steps of a statement that sort what was found; empty when an index gives the order.
    ///
    /// A page that is sorted costs all that there is, however small the page.
    public static func sorts(
        _ sql: String, in database: SQLiteDatabase
    ) async throws -> [String] {
        try await database.queryPlan(sql).filter { $0.contains("TEMP B-TREE") }
    }
}
