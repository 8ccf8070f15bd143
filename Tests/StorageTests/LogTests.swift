import Dispatch
import TestKit
import Testing

@testable import Storage

@Suite struct LogTests {
    private func limits(_ change: (inout StorageLimits) -> Void) -> StorageLimits {
        var limits = StorageLimits()
        change(&limits)
        return limits
    }

    @Test("the log stays small under a long run of writes")
    func bounded() async throws {
        let limits = self.limits { $0.rowsPerCheckpointMax = 20 }
        let database = try SQLiteStore().openSQLite([noteTable], limits: limits)
        for number in 1...300 { try await database.write { try $0.insertNote("\(number)") } }
        #expect(database.writer.file.logBytes < 1 << 20)
        try await database.close()
    }

    @Test("a log that is too large is truncated after a few commits")
    func tooLarge() async throws {
        let limits = self.limits {
            $0.logBytesMax = 200_000
            $0.commitsPerTruncationMin = 4
        }
        let database = try SQLiteStore().openSQLite([noteTable], limits: limits)
        let long = String(repeating: "x", count: 300_000)
        try await database.write { try $0.insertNote(long) }
        #expect(database.writer.file.logBytes > 300_000)
        for _ in 1...4 { try await database.write { try $0.insertNote("short") } }
        // The writer tends the log after answering: wait for it with one more turn.
        _ = try await database.currentSettings()
        #expect(database.writer.file.logBytes < 100_000)
        try await database.close()
    }

    @Test("an idle log is truncated, a busy one is left alone")
    func idle() async throws {
        let database = try SQLiteStore().openSQLite([noteTable])
        let beforeWriting = ContinuousClock.now
        try await database.write { try $0.insertNote("a") }
        await database.maintain(now: beforeWriting)
        #expect(database.writer.file.logBytes > 0)
        await database.maintain(now: .now + .seconds(3))
        #expect(database.writer.file.logBytes == 0)
        #expect(try await database.notes() == ["a"])
        try await database.close()
    }

    @Test("truncating waits for a reader that is in the way")
    func waitsForReader() async throws {
        let database = try SQLiteStore().openSQLite([noteTable])
        try await database.write { try $0.insertNote("a") }
        let isReading = Gate()
        let goOn = DispatchSemaphore(value: 0)
        let reader = Task {
            try await database.read { transaction in
                let rows = try transaction.rows("SELECT text FROM note")
                isReading.open()
                goOn.wait()
                return rows.count
            }
        }
        await isReading.pass()
        try await database.write { try $0.insertNote("b") }
        await #expect(throws: StorageError.self) {
            try await database.writer.tryToTruncateLog()
        }
        let truncation = Task.immediate { try await database.checkpointTruncate() }
        goOn.signal()
        #expect(try await reader.value == 1)
        try await truncation.value
        #expect(database.writer.file.logBytes == 0)
        try await database.close()
    }

    @Test("a read that holds its snapshot for too long is cut off")
    func slowRead() async throws {
        let limits = self.limits { $0.readMillisecondsMax = 0 }
        let database = try SQLiteStore().openSQLite([noteTable], limits: limits)
        let error = await #expect(throws: StorageError.self) { try await database.notes() }
        #expect(error?.code == .tooSlow)
        try await database.close()
    }

    @Test("a statement that runs for too long is cut off and its reader used again")
    func endlessStatement() async throws {
        let limits = self.limits { $0.readersMax = 1 }
        let database = try SQLiteStore().openSQLite([noteTable], limits: limits)
        let started = Gate()
        let endless = Task {
            try await database.read { transaction in
                started.open()
                return try transaction.rows(
                    """
                    WITH RECURSIVE forever (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM forever)
                    SELECT MAX(n) FROM forever
                    """)
            }
        }
        await started.pass()
        let cutting = Task {
            // The statement may not have begun when the first cut comes.
            while !Task.isCancelled {
                database.readers.interruptOverdue(now: .now + .seconds(6))
                await Task.yield()
            }
        }
        let error = await #expect(throws: StorageError.self) { try await endless.value }
        cutting.cancel()
        await cutting.value
        #expect(error?.code == .tooSlow)
        #expect(try await database.notes() == [])
        try await database.close()
    }

    @Test("reads beyond the readers wait their turn, beyond the queue they are refused")
    func readQueue() async throws {
        let limits = self.limits {
            $0.readersMax = 1
            $0.readsWaitingMax = 1
        }
        let database = try SQLiteStore().openSQLite([noteTable], limits: limits)
        let isReading = Gate()
        let goOn = DispatchSemaphore(value: 0)
        let first = Task {
            try await database.read { _ in
                isReading.open()
                goOn.wait()
            }
        }
        await isReading.pass()
        let second = Task.immediate { try await database.lookUp { try $0.rows("SELECT 1 AS n") } }
        let error = await #expect(throws: StorageError.self) { try await database.notes() }
        #expect(error?.code == .busy)
        goOn.signal()
        try await first.value
        #expect(try await second.value.count == 1)
        try await database.close()
    }
}
