import ContractLifecycle
import DeletionOrchestratorAPI
import DeletionOrchestratorDomain
import Identifiers
import Storage
import TestKit
import Testing

@testable import DeletionOrchestratorServer

@Suite("The runner")
struct JobRunnerTests {
    static func open(
        _ folder: TemporaryFolder, suite: FakeSuite, faults: Faults = Faults(),
        clock: ManualWallClock, waits: ManualClock, limits: RunnerLimits = RunnerLimits()
    ) async throws -> OrchestratorService {
        OrchestratorService(
            database: try await SQLiteDatabase.open(
                at: folder.file("orchestrator.db"), migrations: OrchestratorMigrations.all),
            peers: try suite.peers(faults), keys: try ReceiptKeys(directory: folder.path),
            clock: clock, waits: waits, limits: limits, jitter: { 1 })
    }

    /// Waits until the deletion is in a state, told by its changes.
    static func until(
        _ state: DeletionState, of operation: OperationID, _ service: OrchestratorService
    ) async throws {
        for await _ in service.board.changes(of: operation)
        where try await service.view(of: operation)?.job.state == state { return }
    }

    @Test("a deletion is begun at once and carried to its end, waits included")
    func wakes() async throws {
        let folder = try TemporaryFolder()
        let clock = ManualWallClock(milliseconds: Sample.now)
        let waits = ManualClock()
        let suite = FakeSuite()
        let service = try await Self.open(folder, suite: suite, clock: clock, waits: waits)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await service.run() }
            await waits.untilSleeping()
            _ = try await service.beginDeletion(Sample.deletion())
            try await Self.until(.draining, of: Sample.operation, service)
            // One worker is left: the job's own next time is 50 ms away.
            clock.advance(milliseconds: 50)
            await waits.untilSleeping()
            waits.advance(by: .seconds(5))
            try await Self.until(.done, of: Sample.operation, service)
            group.cancelAll()
        }
        #expect(suite.change { $0.receiptDigests.count } == 1)
    }

    @Test("a job that was there before the start is found without anybody saying so")
    func findsWork() async throws {
        let folder = try TemporaryFolder()
        let clock = ManualWallClock(milliseconds: Sample.now)
        let suite = FakeSuite()
        suite.change { $0.workers = 0 }
        let first = try await Self.open(
            folder, suite: suite, clock: clock, waits: ManualClock())
        _ = try await first.beginDeletion(Sample.deletion())
        try await first.database.close()
        let second = try await Self.open(
            folder, suite: suite, clock: clock, waits: ManualClock())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await second.run() }
            try await Self.until(.done, of: Sample.operation, second)
            group.cancelAll()
        }
    }

    @Test("jobs beyond the limit wait for their turn and all end")
    func bounded() async throws {
        let folder = try TemporaryFolder()
        let suite = FakeSuite()
        suite.change { $0.workers = 0 }
        let gate = Gate()
        let faults = Faults(gate: gate)
        let waits = ManualClock()
        let service = try await Self.open(
            folder, suite: suite, faults: faults,
            clock: ManualWallClock(milliseconds: Sample.now), waits: waits,
            limits: RunnerLimits(jobsMax: 2))
        for number in 0..<Int64(7) {
            _ = try await service.beginSuspension(
                BeginSuspension(
                    Sample.command(
                        .suspending, operation: OperationID(secondsSince1970: number),
                        contract: ContractID(secondsSince1970: number))))
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await service.run() }
            for await inFlight in faults.arrivals where inFlight == 2 { break }
            // The runner has started what it may and sleeps; nothing else comes before one ends.
            await waits.untilSleeping()
            gate.open()
            var ended = 0
            for await _ in suite.finished {
                ended += 1
                if ended == 7 { break }
            }
            group.cancelAll()
        }
        #expect(faults.inFlightMax == 2)
    }
}
