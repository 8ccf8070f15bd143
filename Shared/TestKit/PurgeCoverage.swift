public import ContractParticipant
public import Storage

/// Finds the tables that a deletion would forget.
public enum PurgeCoverage {
    /// The tables that belong to contracts and that no kind erases, in alphabetical order.
    ///
    /// A table belongs to contracts when it has one of the columns named, or refers to a table that
    /// does. `exempt` says why a table stays: it is a gate, a tombstone, an audit trail or a
    /// receipt. Looks at SQLite's own catalogue.
    public static func forgotten(
        in database: any Database, kinds: [PurgeKind], exempt: [String: String],
        columns: Set<String> = ["contract_id"]
    ) async throws -> [String] {
        let schema = try await database.read { transaction in
            try transaction.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
                .map { (name: try $0.text("name"), words: try Self.words(of: $0.text("sql"))) }
        }
        var owned = Set(schema.filter { !columns.isDisjoint(with: $0.words) }.map(\.name))
        var grown = true
        while grown {
            let referring = schema.filter { table in
                zip(table.words, table.words.dropFirst()).contains { pair in
                    pair.0.uppercased() == "REFERENCES" && owned.contains(pair.1)
                }
            }
            grown = !Set(referring.map(\.name)).isSubset(of: owned)
            owned.formUnion(referring.map(\.name))
        }
        let erased = Set(kinds.flatMap(\.tables))
        return owned.subtracting(erased).subtracting(exempt.keys).sorted()
    }

    private static func words(of sql: String) -> [String] {
        sql.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
    }
}
