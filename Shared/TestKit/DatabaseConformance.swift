public import Storage

/// A store to be put through ``DatabaseConformance``.
public protocol DatabaseUnderTest: Sendable {
    /// Opens the store, always the same one; it is empty the first time.
    func open(_ migrations: [Migration]) async throws -> any Database
}

/// What every implementation of `Database` does, as checks that take an implementation.
///
/// ```swift
/// @Test("SQLite conforms", arguments: DatabaseConformance.cases)
/// func conforms(_ conformance: DatabaseConformance) async throws {
///     try await conformance.check(StoreInATemporaryFolder())
/// }
/// ```
public struct DatabaseConformance: Sendable, CustomStringConvertible {
    /// What is checked, as a sentence.
    public let description: String
    /// Checks a fresh store; throws ``ConformanceFailure`` when it does something else.
    public let check: @Sendable (any DatabaseUnderTest) async throws -> Void

    init(
        _ description: String,
        _ check: @escaping @Sendable (any DatabaseUnderTest) async throws -> Void
    ) {
        self.description = description
        self.check = check
    }

    /// Every check.
    public static let cases: [DatabaseConformance] =
        Self.transactions + Self.statements + Self.schema + Self.messaging + Self.ownership

    /// A table for the checks to work on.
    static let table = Migration(
        "conformance-1",
        [
            """
            CREATE TABLE item (
                id INTEGER PRIMARY KEY,
                name TEXT NOT NULL UNIQUE,
                weight REAL CHECK (weight >= 0),
                body BLOB,
                parent INTEGER REFERENCES item (id)
            )
            """,
            "CREATE INDEX item_parent ON item (parent)",
        ])

    /// A check on an open database with the table, closed afterwards.
    static func onTable(
        _ description: String, _ check: @escaping @Sendable (any Database) async throws -> Void
    ) -> DatabaseConformance {
        DatabaseConformance(description) { store in
            let database = try await store.open([Self.table])
            try await check(database)
            try await database.close()
        }
    }
}

/// How a store differs from what every implementation does.
public struct ConformanceFailure: Error, Hashable, CustomStringConvertible {
    /// What was found.
    public let description: String
}

/// Throws unless `condition` holds.
func expect(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
    guard condition else { throw ConformanceFailure(description: otherwise()) }
}

/// Throws unless the two are equal.
func expectEqual<Value: Equatable>(_ found: Value, _ wanted: Value, _ what: String) throws {
    try expect(found == wanted, "\(what): found \(found), wanted \(wanted)")
}

/// Throws unless `body` throws a storage error with this code.
func expectError(
    _ code: StorageError.Code, _ what: String, _ body: () async throws -> some Any
) async throws {
    do {
        _ = try await body()
    } catch let error as StorageError where error.code == code {
        return
    } catch {
        throw ConformanceFailure(description: "\(what): threw \(error), wanted \(code)")
    }
    throw ConformanceFailure(description: "\(what): threw nothing, wanted \(code)")
}

extension WriteTransaction {
    /// Inserts a row of the checks' table.
    func insertItem(_ id: Int, parent: Int? = nil) throws(StorageError) {
        try self.execute(
            "INSERT INTO item (id, name, parent) VALUES (?, ?, ?)", [id, "item \(id)", parent])
    }
}

extension Database {
    /// The keys of the checks' table, in order.
    func itemIDs() async throws -> [Int] {
        try await self.read { transaction in
            try transaction.rows("SELECT id FROM item ORDER BY id").map { try $0.int("id") }
        }
    }
}
