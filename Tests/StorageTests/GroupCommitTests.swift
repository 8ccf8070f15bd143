import Dispatch
import Synchronization
import TestKit
import Testing

@testable import Storage

@Suite struct GroupCommitTests {
    private struct Refusal: Error {}

    /// Hands in writes while the writer is held, so that they share a commit, and gives their
    /// outcomes.
    private func together(
        _ database: SQLiteDatabase, _ bodies: [@Sendable (any WriteTransaction) throws -> Void]
    ) async -> [Result<Void, any Error>] {
        let isHeld = Gate()
        let goOn = DispatchSemaphore(value: 0)
        let holder = Task {
            try await database.write { _ in
                isHeld.open()
                goOn.wait()
            }
        }
        await isHeld.pass()
        let tasks = bodies.map { body in Task.immediate { try await database.write(body) } }
        goOn.signal()
        _ = await holder.result
        var results: [Result<Void, any Error>] = []
        for task in tasks { results.append(await task.result) }
        return results
    }

    @Test("writes that wait share a commit, up to the limit")
    func sharing() async throws {
        let commits = Journal<Void>()
        var faults = SQLiteFaults()
        faults.beforeCommit = { () throws(StorageError) in commits.append(()) }
        var limits = StorageLimits()
        limits.writesPerCommitMax = 10
        let database = try SQLiteStore().openSQLite([noteTable], limits: limits, faults: faults)
        _ = await self.together(
            database, (1...25).map { number in { try $0.insertNote("\(number)") } })
        #expect(commits.entries.count == 1 + 3)
        #expect(try await database.notes() == (1...25).map { "\($0)" })
        try await database.close()
    }

    @Test("one that fails is undone alone, in the same commit")
    func isolation() async throws {
        let database = try SQLiteStore().openSQLite([noteTable])
        let results = await self.together(
            database,
            [
                { try $0.insertNote("a") },
                {
                    try $0.insertNote("b")
                    throw Refusal()
                },
                { try $0.insertNote("c") },
            ])
        #expect(throws: Never.self) { try results[0].get() }
        #expect(throws: Refusal.self) { try results[1].get() }
        #expect(throws: Never.self) { try results[2].get() }
        #expect(try await database.notes() == ["a", "c"])
        try await database.close()
    }

    @Test("one that fills the database fails alone; the others are durable, reading goes on")
    func full() async throws {
        var limits = StorageLimits()
        limits.databaseBytesMax = 200 * 1024
        let store = try SQLiteStore()
        let database = try store.openSQLite([noteTable], limits: limits)
        let long = String(repeating: "x", count: 400 * 1024)
        let results = await self.together(
            database,
            [{ try $0.insertNote("a") }, { try $0.insertNote(long) }, { try $0.insertNote("c") }])
        #expect(throws: Never.self) { try results[0].get() }
        let error = #expect(throws: StorageError.self) { try results[1].get() }
        #expect(error?.code == .full)
        #expect(throws: Never.self) { try results[2].get() }
        #expect(try await database.notes() == ["a", "c"])
        try await database.write { try $0.insertNote("d") }
        try await database.close()
        let again = try store.openSQLite([noteTable])
        #expect(try await again.notes() == ["a", "c", "d"])
        try await again.close()
    }

    @Test("one that fills the database and keeps quiet about it fails all the same")
    func swallowed() async throws {
        var limits = StorageLimits()
        limits.databaseBytesMax = 200 * 1024
        let database = try SQLiteStore().openSQLite([noteTable], limits: limits)
        let long = String(repeating: "x", count: 400 * 1024)
        let results = await self.together(
            database,
            [
                { try $0.insertNote("a") },
                { transaction in
                    do { try transaction.insertNote(long) } catch is StorageError {}
                    do { try transaction.insertNote("after") } catch is StorageError {}
                },
                { try $0.insertNote("c") },
            ])
        let error = #expect(throws: StorageError.self) { try results[1].get() }
        #expect(error?.code == .full)
        #expect(try await database.notes() == ["a", "c"])
        try await database.close()
    }

    @Test("a disk that is full at the commit fails the batch; the next goes on")
    func fullAtCommit() async throws {
        let isFull = Mutex(true)
        var faults = SQLiteFaults()
        faults.beforeCommit = { () throws(StorageError) in
            if isFull.withLock({ $0 }) { throw StorageError(.full, "no space") }
        }
        let died = Journal<String>()
        let database = try SQLiteStore().openSQLite([noteTable], faults: faults) { reason in
            died.append(reason)
        }
        let error = await #expect(throws: StorageError.self) {
            try await database.write { try $0.insertNote("a") }
        }
        #expect(error?.code == .full)
        isFull.withLock { $0 = false }
        try await database.write { try $0.insertNote("b") }
        #expect(try await database.notes() == ["b"])
        #expect(died.entries == [])
        try await database.close()
    }

    @Test("a disk that fails at the commit leaves the outcome unknown and ends the process")
    func failingDisk() async throws {
        var faults = SQLiteFaults()
        faults.beforeCommit = { () throws(StorageError) in throw StorageError(.io, "fsync") }
        let died = Journal<String>()
        let database = try SQLiteStore().openSQLite([noteTable], faults: faults) { reason in
            died.append(reason)
        }
        let ran = Journal<Void>()
        let error = await #expect(throws: StorageError.self) {
            try await database.write { transaction in
                transaction.afterCommit { ran.append(()) }
                try transaction.insertNote("a")
            }
        }
        #expect(error?.code == .outcomeUnknown)
        let next = await #expect(throws: StorageError.self) {
            try await database.write { try $0.insertNote("b") }
        }
        #expect(next?.code == .closed)
        #expect(died.entries.count == 1)
        #expect(ran.entries.isEmpty)
        try await database.close()
    }

    @Test("a disk that fails while the log is copied ends the process")
    func failingCheckpoint() async throws {
        var faults = SQLiteFaults()
        faults.beforeCheckpoint = { () throws(StorageError) in throw StorageError(.io, "fsync") }
        let died = Journal<String>()
        let database = try SQLiteStore().openSQLite([noteTable], faults: faults) { reason in
            died.append(reason)
        }
        let error = await #expect(throws: StorageError.self) {
            try await database.checkpointTruncate()
        }
        #expect(error?.code == .io)
        #expect(died.entries.count == 1)
        try await database.close()
    }

    @Test("when too many wait the next is refused at once and nothing else changes")
    func busy() async throws {
        var limits = StorageLimits()
        limits.writesWaitingMax = 3
        let database = try SQLiteStore().openSQLite([noteTable], limits: limits)
        let isHeld = Gate()
        let goOn = DispatchSemaphore(value: 0)
        let holder = Task {
            try await database.write { _ in
                isHeld.open()
                goOn.wait()
            }
        }
        await isHeld.pass()
        let waiting = (1...3).map { number in
            Task.immediate { try await database.write { try $0.insertNote("\(number)") } }
        }
        let error = await #expect(throws: StorageError.self) {
            try await database.write { try $0.insertNote("4") }
        }
        #expect(error?.code == .busy)
        goOn.signal()
        try await holder.value
        for task in waiting { try await task.value }
        #expect(try await database.notes() == ["1", "2", "3"])
        try await database.close()
    }

    @Test("64 callers at a time lose nothing")
    func load() async throws {
        let database = try SQLiteStore().openSQLite([GroupCommitLoad.migration])
        let outcome = try await GroupCommitLoad(callers: 64, rowsPerCaller: 20).run(on: database)
        #expect(outcome.rows == 64 * 20)
        let count = try await database.read {
            try $0.row("SELECT COUNT(sequence) AS n FROM load_row")?.int("n")
        }
        #expect(count == 64 * 20)
        try await database.close()
    }
}
