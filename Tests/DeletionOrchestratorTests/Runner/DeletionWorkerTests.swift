import ContractLifecycle
import DeletionOrchestratorAPI
import DeletionOrchestratorDomain
import Identifiers
import Storage
import TestKit
import Testing

@testable import DeletionOrchestratorServer

@Suite("Carrying deletions out")
struct DeletionWorkerTests {
    @Test("a deletion ends with exact counts, one receipt and nothing of the work left")
    func cleanRun() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        #expect(try await bench.service.beginDeletion(Sample.deletion()) == .applied)
        try await bench.finish()
        try await bench.checkEnd()
        let left = try await bench.database.read { transaction in
            try [
                "deletion_step", "attestation", "deletion_user", "released_user", "suspension_job",
            ]
            .map { table in
                try transaction.row("SELECT COUNT(*) AS found FROM \(table)")?.int("found")
            }
        }
        #expect(left == [0, 0, 0, 0, 0])
        let reason = try await bench.database.read {
            try $0.row("SELECT reason FROM deletion_job")?.optionalText("reason")
        }
        #expect(reason == .some(nil))
    }

    /// The number of calls a deletion takes when nothing fails.
    static func callCount() async throws -> Int {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        _ = try await bench.service.beginDeletion(Sample.deletion())
        try await bench.finish()
        return bench.faults.count
    }

    @Test(
        "whichever call fails or comes twice, the deletion ends with exact counts",
        arguments: [Faults.Fault.lost, .answerLost, .doubled])
    func everyCallOnce(_ fault: Faults.Fault) async throws {
        let folder = try TemporaryFolder()
        let database = try await SQLiteDatabase.open(
            at: folder.file("orchestrator.db"), migrations: OrchestratorMigrations.all)
        for number in 0..<(try await Self.callCount()) {
            let bench = try Bench(
                folder, on: database, faults: Faults { $0 == number ? fault : .none })
            let operation = OperationID(secondsSince1970: Int64(number))
            let contract = ContractID(secondsSince1970: Int64(number))
            let request = Sample.deletion(operation: operation, contract: contract)
            #expect(try await bench.service.beginDeletion(request) == .applied)
            try await bench.finish(operation)
            try await bench.checkEnd(operation, because: "\(fault) at call \(number)")
            #expect(bench.faults.count > number)
        }
    }

    @Test("every call failing several times, and every call coming twice, changes no count")
    func everyCallAlways() async throws {
        for fault in [Faults.Fault.lost, .answerLost] {
            let folder = try TemporaryFolder()
            let bench = try await Bench.open(
                in: folder, faults: Faults { $0 % 4 == 3 ? .none : fault })
            _ = try await bench.service.beginDeletion(Sample.deletion())
            try await bench.finish()
            try await bench.checkEnd(because: "\(fault)")
        }
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder, faults: Faults { _ in .doubled })
        _ = try await bench.service.beginDeletion(Sample.deletion())
        try await bench.finish()
        try await bench.checkEnd(because: "doubled")
    }

    @Test(
        "killed before or after any call, the deletion goes on from there when started again",
        arguments: [Faults.Fault.killedBefore, .killedAfter])
    func killedAtEveryCall(_ fault: Faults.Fault) async throws {
        for number in 0..<(try await Self.callCount()) {
            let folder = try TemporaryFolder()
            let suite = FakeSuite()
            let first = try await Bench.open(
                in: folder, suite: suite, faults: Faults { $0 == number ? fault : .none })
            _ = try await first.service.beginDeletion(Sample.deletion())
            var isKilled = false
            while !isKilled {
                isKilled = try await first.driveUntilKilled()
                first.clock.advance(milliseconds: 60_000)
            }
            try await first.database.close()
            let second = try await Bench.open(in: folder, suite: suite, clock: first.clock)
            try await second.finish()
            try await second.checkEnd(because: "\(fault) at call \(number)")
            try await second.database.close()
        }
    }

    @Test("rows that appear after a purge are found by the sweep and erased")
    func latecomers() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        bench.suite.change { $0.latecomers = 5 }
        _ = try await bench.service.beginDeletion(Sample.deletion())
        try await bench.finish()
        try await bench.checkEnd(latecomers: 5)
    }

    @Test("a service that is away is named, and the deletion goes on once it is back")
    func unreachable() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder, faults: Faults { _ in .lost })
        _ = try await bench.service.beginDeletion(Sample.deletion())
        try await bench.deletions.drive(Sample.operation)
        let status = try await bench.service.deletionStatus(
            DeletionStatus(operation: Sample.operation))
        #expect(status.state == "accepted")
        #expect(status.conditions == ["ServiceUnreachable(flow-runtime)"])
        bench.faults.restart { _ in .none }
        _ = try await bench.service.retryDeletion(RetryDeletion(operation: Sample.operation))
        try await bench.finish()
        try await bench.checkEnd()
    }

    @Test("each receipt names the digest of the one before")
    func chain() async throws {
        let folder = try TemporaryFolder()
        let database = try await SQLiteDatabase.open(
            at: folder.file("orchestrator.db"), migrations: OrchestratorMigrations.all)
        var previous: String?
        for number in 0..<3 {
            let bench = try Bench(folder, on: database)
            let operation = OperationID(secondsSince1970: Int64(number))
            _ = try await bench.service.beginDeletion(
                Sample.deletion(
                    operation: operation, contract: ContractID(secondsSince1970: Int64(number))))
            try await bench.finish(operation)
            let receipt = try #require(try await bench.service.receipt(of: operation))
            let text = String(decoding: receipt.document, as: UTF8.self)
            #expect(text.contains("\"previous\":\(previous.map { "\"\($0)\"" } ?? "null")"))
            previous = Hexadecimal.text(receipt.digest)
        }
    }
}
