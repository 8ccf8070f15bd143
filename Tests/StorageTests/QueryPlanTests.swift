import TestKit
import Testing

@testable import Storage

@Suite struct QueryPlanTests {
    @Test("a statement that walks through a table is found, one that uses an index is not")
    func scans() async throws {
        let database = try SQLiteStore().openSQLite([noteTable])
        let byText = "SELECT id FROM note WHERE text = ?"
        #expect(try await QueryPlan.scans(byText, in: database) == ["SCAN note"])
        #expect(try await QueryPlan.scans(byText, in: database, except: ["note"]) == [])
        for sql in [
            "SELECT text FROM note WHERE id = ?", "SELECT text FROM note WHERE author = ?",
            "SELECT 1 AS n", "INSERT INTO note (text) VALUES (?)",
            "DELETE FROM note WHERE author = ?",
        ] {
            #expect(try await QueryPlan.scans(sql, in: database) == [], "\(sql)")
        }
        try await database.close()
    }

    @Test("a statement that sorts what it found is told from one that an index orders")
    func sorts() async throws {
        let database = try SQLiteStore().openSQLite([noteTable])
        let byText = "SELECT id FROM note WHERE author = ? ORDER BY text"
        #expect(try await QueryPlan.sorts(byText, in: database).count == 1)
        let byKey = "SELECT id FROM note ORDER BY id"
        #expect(try await QueryPlan.sorts(byKey, in: database).isEmpty)
        try await database.close()
    }

    @Test("no statement of the outbox, the inbox or the leases walks through a table")
    func ownStatements() async throws {
        let tables = [
            Outbox.migration, Inbox.migration, Leases.migration, FenceRegister.migration,
        ]
        let database = try SQLiteStore().openSQLite(tables)
        let recorder = StatementRecorder(database)
        let outbox = Outbox()
        let message = OutboxMessage(
            destination: "peer", key: "a", epoch: 1, kind: "State", payload: [])
        try await recorder.write { transaction in
            try outbox.enqueue(message, in: transaction)
            try outbox.enqueue(message, in: transaction)
            let entry = try outbox.waiting(about: "a", in: transaction)[0]
            _ = try outbox.destinations(in: transaction)
            _ = try outbox.due(for: "peer", now: 0, max: 1, in: transaction)
            _ = try outbox.nextDue(after: 0, in: transaction)
            _ = try outbox.isWaiting(beyond: 0, in: transaction)
            try outbox.hasten(beyond: 0, now: 0, in: transaction)
            try outbox.putOff(entry, until: 0, error: "", in: transaction)
            try outbox.remove(entry, in: transaction)
            for _ in 1...2 {
                _ = try Inbox().answer(to: "r", from: "s", content: [], in: transaction) { [] }
            }
            let lease = try Leases().acquire("l", owner: "o", milliseconds: 1, in: transaction)
            let held = try #require(lease)
            try Leases().check(held, in: transaction)
            _ = try Leases().renew(held, milliseconds: 1, in: transaction)
            try FenceRegister().admit("h", fence: 1, in: transaction)
        }
        #expect(recorder.statements.count == 17)
        for sql in recorder.statements {
            #expect(try await QueryPlan.scans(sql, in: database) == [], "\(sql)")
            #expect(PortableSQL.faults(in: sql) == [])
        }
        try await database.close()
    }

    @Test(
        "words of one database only are found, but not inside quotes and comments",
        arguments: [
            ("SELECT rowid FROM note", 1),
            ("INSERT OR REPLACE INTO note VALUES (1)", 1),
            ("SELECT datetime('now'), current_timestamp", 2),
            ("SELECT 'PRAGMA rowid', \"strict\" -- without rowid\nFROM note", 0),
            ("SELECT browid, rowid_2 FROM note WHERE name = 'it''s a PRAGMA'", 0),
        ])
    func portable(_ sql: String, _ faults: Int) {
        #expect(PortableSQL.faults(in: sql).count == faults)
    }
}
