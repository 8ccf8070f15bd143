import Foundation
import Storage

/// Stores what accepting a webhook stores, with nothing around it: the limit of acceptances.
///
/// Usage: `store-commit DIRECTORY CALLERS ROWS-PER-CALLER`; prints one JSON object.
@main
struct Main {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let callers = Int(arguments[2]), let rows = Int(arguments[3])
        else {
            print("usage: store-commit DIRECTORY CALLERS ROWS-PER-CALLER")
            return
        }
        let database = try await SQLiteDatabase.open(
            at: arguments[1] + "/store-commit.sqlite", migrations: [Self.schema])
        try await database.write { transaction in
            try transaction.execute(
                "INSERT INTO flow (id, queued, bytes) VALUES (?, 0, 0)", [Self.flow])
        }
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    for row in 0..<rows { try await Self.accept("\(caller)-\(row)", in: database) }
                }
            }
            try await group.waitForAll()
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        try await database.close()
        print("{\"rows\": \(callers * rows), \"per_second\": \(Double(callers * rows) / seconds)}")
    }

    private static let flow = "5b87aded2dfb980011537690"
    private static let content = String(repeating: "x", count: 200)

    private static func accept(_ execution: String, in database: any Database) async throws {
        try await database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO execution
                    (id, flow_id, contract_id, version, state, attempts, received_at, finished_at)
                VALUES (?, ?, ?, 1, 'queued', 0, 0, NULL)
                """, [execution, Self.flow, Self.flow])
            try transaction.execute(
                """
                INSERT INTO message
                    (execution_id, flow_id, contract_id, content, bytes, attempt, due_at)
                VALUES (?, ?, ?, ?, ?, 1, 0)
                """, [execution, Self.flow, Self.flow, Self.content, Self.content.utf8.count])
            try transaction.execute(
                "UPDATE flow SET queued = queued + 1, bytes = bytes + ? WHERE id = ?",
                [Self.content.utf8.count, Self.flow])
        }
    }

    /// The tables of the flow runtime that an acceptance writes to, with their indexes.
    private static let schema = Migration(
        "store-commit-1",
        [
            """
            CREATE TABLE flow (
                id TEXT PRIMARY KEY NOT NULL,
                queued INTEGER NOT NULL,
                bytes INTEGER NOT NULL
            )
            """,
            """
            CREATE TABLE execution (
                id TEXT PRIMARY KEY NOT NULL,
                flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE RESTRICT,
                contract_id TEXT NOT NULL,
                version INTEGER NOT NULL,
                state TEXT NOT NULL,
                attempts INTEGER NOT NULL,
                received_at INTEGER NOT NULL,
                finished_at INTEGER
            )
            """,
            "CREATE INDEX execution_flow ON execution (flow_id, received_at, id)",
            "CREATE INDEX execution_contract ON execution (contract_id)",
            """
            CREATE TABLE message (
                seq SERIAL_KEY,
                execution_id TEXT NOT NULL UNIQUE REFERENCES execution (id) ON DELETE RESTRICT,
                flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE RESTRICT,
                contract_id TEXT NOT NULL,
                content TEXT NOT NULL,
                bytes INTEGER NOT NULL,
                attempt INTEGER NOT NULL,
                due_at INTEGER NOT NULL
            )
            """,
            "CREATE INDEX message_flow ON message (flow_id, seq)",
            "CREATE INDEX message_contract ON message (contract_id)",
        ])
}
