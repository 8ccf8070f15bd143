import ContractLifecycle
import DeletionOrchestratorAPI
import DeletionOrchestratorDomain
import Identifiers
import TestKit
import Testing

@testable import DeletionOrchestratorServer

@Suite("Carrying suspensions out")
struct SuspensionWorkerTests {
    static func suspension(_ epoch: Int64 = 3, until: Int64? = nil) -> BeginSuspension {
        BeginSuspension(Sample.command(.suspending, epoch: epoch), until: until)
    }

    /// Drives the suspension until it ends or holds.
    static func settle(_ bench: Bench) async throws {
        for _ in 0..<100 {
            try await bench.suspensions.drive(Sample.operation)
            guard let job = try await bench.suspension(), job.state != .ended,
                job.state != .holding
            else { return }
            bench.clock.advance(milliseconds: job.waiting.until - bench.clock.nowMilliseconds)
        }
    }

    @Test("workers are stopped, then contracts is told, once for all of them")
    func suspends() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        #expect(try await bench.service.beginSuspension(Self.suspension()) == .applied)
        try await Self.settle(bench)
        #expect(try await bench.suspension()?.state == .ended)
        #expect(bench.suite.change { $0.workers } == 0)
        #expect(bench.suite.change { $0.finishedSuspensions } == 1)
        #expect(bench.suite.change { $0.lifted } == 0)
    }

    @Test("a suspension with a time is lifted when it comes")
    func lifts() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        let until = Sample.now + 3_600_000
        _ = try await bench.service.beginSuspension(Self.suspension(until: until))
        try await Self.settle(bench)
        #expect(try await bench.suspension()?.state == .holding)
        #expect(try await bench.suspensions.due(at: until - 1, max: 9) == [])
        #expect(try await bench.suspensions.nextTime(after: Sample.now) == until)
        #expect(bench.suite.change { $0.lifted } == 0)
        bench.clock.advance(milliseconds: until - bench.clock.nowMilliseconds)
        #expect(try await bench.suspensions.due(at: until, max: 9) == [Sample.operation])
        try await bench.suspensions.drive(Sample.operation)
        #expect(try await bench.suspension()?.state == .ended)
        #expect(bench.suite.change { $0.lifted } == 1)
    }

    @Test("a suspension that the runtime knows to be overtaken ends without a word to contracts")
    func overtaken() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        let newer = Sample.command(.active, epoch: 9)
        #expect(bench.suite.apply(newer, at: .flowRuntime) == .applied)
        _ = try await bench.service.beginSuspension(Self.suspension())
        try await Self.settle(bench)
        #expect(try await bench.suspension()?.state == .ended)
        #expect(bench.suite.change { $0.finishedSuspensions } == 0)
        #expect(bench.suite.change { $0.workers } == 2)
    }

    @Test("whichever call fails, the suspension ends", arguments: [Faults.Fault.lost, .answerLost])
    func everyCall(_ fault: Faults.Fault) async throws {
        for number in 0..<5 {
            let folder = try TemporaryFolder()
            let bench = try await Bench.open(
                in: folder, faults: Faults { $0 == number ? fault : .none })
            _ = try await bench.service.beginSuspension(Self.suspension())
            try await Self.settle(bench)
            #expect(try await bench.suspension()?.state == .ended, "\(fault) at \(number)")
            #expect(bench.suite.change { $0.workers } == 0)
        }
    }

    @Test("a deletion takes the place of a suspension that is under way")
    func deletionWins() async throws {
        let folder = try TemporaryFolder()
        let bench = try await Bench.open(in: folder)
        _ = try await bench.service.beginSuspension(Self.suspension())
        #expect(
            try await bench.service.beginDeletion(
                Sample.deletion(operation: OperationID(secondsSince1970: 9))) == .applied)
        #expect(try await bench.suspension() == nil)
        try await bench.suspensions.drive(Sample.operation)
        #expect(bench.suite.change { $0.finishedSuspensions } == 0)
        #expect(
            try await bench.service.beginSuspension(Self.suspension()) == .superseded(by: 7))
        #expect(try await bench.service.beginSuspension(Self.suspension(9)) == .conflict)
    }
}
