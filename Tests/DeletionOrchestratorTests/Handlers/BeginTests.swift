import ContractLifecycle
import DeletionOrchestratorAPI
import DeletionOrchestratorDomain
import Identifiers
import PublicHTTP
import RPC
import TestKit
import Testing

@testable import DeletionOrchestratorServer

@Suite("Accepting lifecycle work")
struct BeginTests {
    @Test("the same deletion asked for twice is accepted twice and recorded once")
    func repeated() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        for _ in 0..<3 {
            #expect(try await bench.service.beginDeletion(Sample.deletion()) == .applied)
        }
        try await bench.finish()
        #expect(try await bench.service.beginDeletion(Sample.deletion()) == .applied)
        #expect(try await bench.load()?.state == .done)
    }

    @Test("other deletions of the same contract change nothing")
    func others() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        _ = try await bench.service.beginDeletion(Sample.deletion())
        let stranger = OperationID(secondsSince1970: 1)
        let answers: [(BeginDeletion, LifecycleAcknowledgement)] = [
            (Sample.deletion(epoch: 6), .superseded(by: 7)),
            (Sample.deletion(epoch: 7, operation: stranger), .conflict),
            (Sample.deletion(epoch: 8, operation: stranger), .conflict),
            (Sample.deletion(epoch: 9, contract: ContractID(secondsSince1970: 1)), .conflict),
        ]
        for (request, answer) in answers {
            #expect(try await bench.service.beginDeletion(request) == answer)
        }
        try await bench.finish()
        #expect(
            try await bench.service.beginDeletion(Sample.deletion(epoch: 8, operation: stranger))
                == .gone)
    }

    @Test("the plan is recorded before anything is done")
    func plan() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        _ = try await bench.service.beginDeletion(Sample.deletion())
        #expect(bench.faults.count == 0)
        let job = try #require(try await bench.load())
        #expect(job.planVersion == DeletionPlan.current.version)
        #expect(job.steps.map(\.kind) == DeletionPlan.current.entries.map(\.kind))
    }

    @Test("a command of another state, or without an operation, is an invalid argument")
    func invalid() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        var suspending = Sample.deletion()
        suspending.command.state = .suspending
        var nameless = Sample.deletion()
        nameless.command.operation = nil
        for request in [suspending, nameless] {
            let error = await #expect(throws: RPCError.self) {
                _ = try await bench.service.beginDeletion(request)
            }
            #expect(error?.code == .invalidArgument)
        }
        for command in [Sample.command(.deleting), Sample.command(.suspending, operation: nil)] {
            let error = await #expect(throws: RPCError.self) {
                _ = try await bench.service.beginSuspension(BeginSuspension(command))
            }
            #expect(error?.code == .invalidArgument)
        }
        #expect(try await bench.load() == nil)
    }

    @Test("a deletion nobody began is not found")
    func unknown() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        let status = await #expect(throws: RPCError.self) {
            _ = try await bench.service.deletionStatus(
                DeletionStatus(operation: Sample.operation))
        }
        let retry = await #expect(throws: RPCError.self) {
            _ = try await bench.service.retryDeletion(RetryDeletion(operation: Sample.operation))
        }
        #expect(status?.code == .notFound)
        #expect(retry?.code == .notFound)
    }

    @Test("a retry leaves a deletion that is done alone")
    func retryDone() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        _ = try await bench.service.beginDeletion(Sample.deletion())
        try await bench.finish()
        let before = try await bench.load()
        _ = try await bench.service.retryDeletion(RetryDeletion(operation: Sample.operation))
        #expect(try await bench.load() == before)
        let status = try await bench.service.deletionStatus(
            DeletionStatus(operation: Sample.operation))
        #expect(status.state == "done")
        #expect(status.stepsDone == status.stepsTotal)
        #expect(status.conditions == [])
    }

    @Test("progress is told at once, after each change, and ends with done")
    func progress() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        bench.suite.change { $0.workers = 0 }
        _ = try await bench.service.beginDeletion(Sample.deletion())
        let events = ProgressEvents(changes: bench.service.board.changes(of: Sample.operation)) {
            try await bench.service.view(of: Sample.operation)
        }
        var names: [String?] = []
        var iterator = events.makeAsyncIterator()
        let first = try await iterator.next()
        #expect(first?.data.contains("\"state\":\"accepted\"") == true)
        try await bench.finish()
        while let event = try await iterator.next() { names.append(event.name) }
        #expect(names == ["done"])
    }
}
