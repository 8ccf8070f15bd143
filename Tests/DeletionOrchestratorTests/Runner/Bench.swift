import DeletionOrchestratorAPI
import DeletionOrchestratorDomain
import Identifiers
import JSONAPI
import Logging
import Storage
import TestKit
import Testing

@testable import DeletionOrchestratorServer

/// An orchestrator on a database of its own, with time that moves only when it waits.
struct Bench {
    let suite: FakeSuite
    let faults: Faults
    let clock: ManualWallClock
    let database: any Database
    let service: OrchestratorService
    let deletions: DeletionWorker
    let suspensions: SuspensionWorker

    static func open(
        in folder: TemporaryFolder, suite: FakeSuite = FakeSuite(), faults: Faults = Faults(),
        clock: ManualWallClock = ManualWallClock(milliseconds: Sample.now)
    ) async throws -> Bench {
        let database = try await SQLiteDatabase.open(
            at: folder.file("orchestrator.db"), migrations: OrchestratorMigrations.all)
        return try Bench(folder, on: database, suite: suite, faults: faults, clock: clock)
    }

    init(
        _ folder: TemporaryFolder, on database: any Database, suite: FakeSuite = FakeSuite(),
        faults: Faults = Faults(),
        clock: ManualWallClock = ManualWallClock(milliseconds: Sample.now)
    ) throws {
        let keys = try ReceiptKeys(directory: folder.path)
        let peers = try suite.peers(faults)
        self.suite = suite
        self.faults = faults
        self.clock = clock
        self.database = database
        self.service = OrchestratorService(
            database: database, peers: peers, keys: keys, clock: clock, jitter: { 1 })
        self.deletions = DeletionWorker(
            database: database, clock: clock, peers: peers, store: self.service.store,
            issuer: ReceiptIssuer(keys: keys, backupsKeptDays: 0), board: self.service.board,
            jitter: { 1 })
        self.suspensions = SuspensionWorker(
            database: database, clock: clock, peers: peers, jitter: { 1 })
    }

    func load(_ operation: OperationID = Sample.operation) async throws -> DeletionJob? {
        try await self.database.read { try DeletionStore.load(operation, in: $0) }
    }

    func suspension() async throws -> SuspensionJob? {
        try await self.database.read { try SuspensionStore.load(Sample.operation, in: $0) }
    }

    /// Drives a deletion to its end, moving the clock to each time it waits for.
    func finish(_ operation: OperationID = Sample.operation) async throws {
        for _ in 0..<200 {
            try await self.deletions.drive(operation)
            guard let job = try await self.load(operation), job.state != .done else { return }
            let wait = job.waiting.until - self.clock.nowMilliseconds
            try #require(wait > 0, "stopped without waiting in \(job.state)")
            self.clock.advance(milliseconds: wait)
        }
        Issue.record("the deletion does not end: \(String(describing: try await self.load()))")
    }

    /// Drives a deletion in a task of its own, as far as the faults let it live.
    func driveUntilKilled(_ operation: OperationID = Sample.operation) async throws -> Bool {
        let task = Task { try await self.deletions.drive(operation) }
        do {
            try await task.value
            return false
        } catch is CancellationError {
            return true
        }
    }

    /// Checks that a deletion ended as it must: counts exact, one receipt, the path legal.
    func checkEnd(
        _ operation: OperationID = Sample.operation, latecomers: Int = 0,
        because comment: Comment? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let receipt = try #require(
            try await self.service.receipt(of: operation), comment, sourceLocation: sourceLocation)
        #expect(receipt.isGenuine, comment, sourceLocation: sourceLocation)
        var erased: [String: Int] = [:]
        for kind in try receipt.kinds() where kind.found > 0 {
            #expect(kind.found == kind.deleted, comment, sourceLocation: sourceLocation)
            #expect(kind.remaining == 0, comment, sourceLocation: sourceLocation)
            erased[kind.kind] = kind.deleted
        }
        let expected = [
            "logs": 3 + latecomers, "flows": 2, "novelties": 1, "members": 2, "users": 2,
            "api_keys": 4,
        ]
        #expect(erased == expected, comment, sourceLocation: sourceLocation)
        let removed = try JSON(parsing: receipt.document)["users_removed"]?.array
        #expect(removed?.count == 2, comment, sourceLocation: sourceLocation)
        let (breaches, digests) = self.suite.change { ($0.breaches, Set($0.receiptDigests)) }
        #expect(breaches == [], comment, sourceLocation: sourceLocation)
        #expect(digests == [receipt.digest], comment, sourceLocation: sourceLocation)
        let events = try await self.database.read { try EventChain.read(operation, in: $0) }
        #expect(events.last?.to == .done, comment, sourceLocation: sourceLocation)
        for (before, after) in zip(events, events.dropFirst()) {
            #expect(
                before.to.followers.contains(after.to) && after.from == before.to, comment,
                sourceLocation: sourceLocation)
        }
    }
}
