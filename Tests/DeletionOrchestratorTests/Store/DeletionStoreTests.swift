import ContractLifecycle
import DeletionOrchestratorAPI
import DeletionOrchestratorDomain
import Identifiers
import Storage
import TestKit
import Testing

@testable import DeletionOrchestratorServer

@Suite("Deletions in the database")
struct DeletionStoreTests {
    @Test("after each outcome the job read back is the job that was saved")
    func roundTrip() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        let store = bench.service.store
        let first = Sample.job()
        try await bench.database.write { transaction in
            try store.insert(first, digest: [UInt8](repeating: 7, count: 32), in: transaction)
        }
        var job = try #require(try await bench.load())
        #expect(job == first)
        for line in DeletionJobTests.course {
            let before = job
            _ = job.receive(line.event, at: Sample.now, jitter: 0.5)
            let (after, now) = (job, Sample.now)
            try await bench.database.write { transaction in
                try store.save(after, before: before, at: now, in: transaction)
            }
            let read = try #require(try await bench.load())
            #expect(read.state == job.state)
            #expect(read.next(at: .max) == job.next(at: .max))
            #expect(read.waiting == job.waiting)
            if job.state == .done { continue }
            #expect(read.steps == job.steps)
            #expect(read.batch == job.batch)
            #expect(read.attestation == job.attestation)
            #expect(read.cursor == job.cursor)
        }
    }

    @Test("a changed, missing or inserted event breaks the chain")
    func eventChain() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        _ = try await bench.service.beginDeletion(Sample.deletion())
        try await bench.finish()
        let read: @Sendable (any ReadTransaction) throws -> Int = {
            try EventChain.read(Sample.operation, in: $0).count
        }
        #expect(try await bench.database.read(read) == 10)
        for forgery in [
            "UPDATE job_event SET at = at + 1 WHERE number = 3",
            "UPDATE job_event SET to_state = 'done' WHERE number = 4",
            "DELETE FROM job_event WHERE number = 5",
            "UPDATE job_event SET hash = previous WHERE number = 9",
        ] {
            let error = await #expect(throws: StorageError.self) {
                try await bench.database.write { transaction in
                    try transaction.execute(forgery)
                    _ = try read(transaction)
                }
            }
            #expect(error?.code == .corrupt, "\(forgery)")
        }
        #expect(try await bench.database.read(read) == 10)
    }

    @Test("no statement of a whole life walks through a table that grows")
    func plans() async throws {
        let folder = try TemporaryFolder()
        let database = try await SQLiteDatabase.open(
            at: folder.file("orchestrator.db"), migrations: OrchestratorMigrations.all)
        let recorder = StatementRecorder(database)
        let bench = try Bench(folder, on: recorder)
        _ = try await bench.service.beginSuspension(SuspensionWorkerTests.suspension())
        try await SuspensionWorkerTests.settle(bench)
        let operation = OperationID(secondsSince1970: 8)
        _ = try await bench.service.beginDeletion(Sample.deletion(operation: operation))
        _ = try await bench.deletions.due(at: Sample.now, max: 3)
        _ = try await bench.deletions.nextTime(after: Sample.now)
        _ = try await bench.suspensions.due(at: Sample.now, max: 3)
        _ = try await bench.suspensions.nextTime(after: Sample.now)
        try await bench.finish(operation)
        for contract in [nil, Sample.contract] {
            _ = try await recorder.read {
                try DeletionStore.page(
                    of: Sample.tenant, contract: contract, limit: 5, offset: 0, in: $0
                ).total
            }
        }
        #expect(recorder.statements.count > 25)
        for statement in recorder.statements {
            #expect(try await QueryPlan.scans(statement, in: database) == [], "\(statement)")
        }
    }

    @Test("every table that belongs to contracts is accounted for")
    func tables() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        let exempt = [
            "deletion_job": "the audit of the deletion: ids, times, no words",
            "job_event": "the audit of the deletion: states and times",
            "receipt": "the receipt",
            "deletion_step": "emptied when the deletion is done",
            "attestation": "emptied when the deletion is done",
            "deletion_user": "emptied when the deletion is done",
            "released_user": "emptied when the deletion is done",
            "suspension_job": "removed when the deletion is accepted",
        ]
        let forgotten = try await PurgeCoverage.forgotten(
            in: bench.database, kinds: [], exempt: exempt)
        #expect(forgotten == [])
    }

    @Test("users' ids and the reason are in no file once the deletion is done")
    func bytes() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        _ = try await bench.service.beginDeletion(Sample.deletion())
        try await bench.finish()
        let files = try folder.contents().filter { $0.name.hasPrefix("orchestrator.db") }
        #expect(files.count >= 1)
        for file in files {
            for marker in Sample.users.map(\.text) + ["the customer left"] {
                #expect(!file.bytes.containsText(marker), "\(marker) in \(file.name)")
            }
        }
    }
}
