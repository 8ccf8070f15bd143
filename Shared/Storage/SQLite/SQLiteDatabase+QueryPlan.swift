import GRDB

extension SQLiteDatabase {
    /// The lines of EXPLAIN QUERY PLAN, without arguments bound.
    func queryPlan(_ sql: String) async throws -> [String] {
        try SQLiteDialect.check(sql)
        return try await self.writer.perform { handle in
            do {
                let statement = try handle.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
                statement.setUncheckedArguments([])
                return try Row.fetchAll(statement).map { $0["detail"] }
            } catch {
                throw StorageError(sqlite: error)
            }
        }
    }
}
