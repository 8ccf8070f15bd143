import ContractLifecycle
import FlowRuntimeAPI
import FlowRuntimeDomain
import Foundation
import HTTP2
import Identifiers
import JSONAPI
import RPC
import TestKit
import Testing

@testable import FlowRuntimeServer

/// The commands of the contract's life.
enum Commands {
    static let operation = OperationID("000000050000000000000005")

    static func command(
        _ epoch: Int64, _ state: ContractState, to contract: ContractID? = RunningRuntime.contract
    ) throws -> LifecycleCommand {
        LifecycleCommand(
            contract: try #require(contract),
            tenant: try #require(RunningRuntime.tenant), epoch: epoch, state: state,
            operation: state == .active ? nil : Self.operation,
            reason: state == .active ? nil : "unpaid", since: 1_700_000_000_000 + epoch)
    }

    static func apply(
        _ epoch: Int64, _ state: ContractState,
        to contract: ContractID? = RunningRuntime.contract, in runtime: RunningRuntime
    ) async throws -> LifecycleAcknowledgement {
        let command = try Self.command(epoch, state, to: contract)
        return try await runtime.call(
            ApplyContractState<FlowRuntime>(command), as: "contracts")
    }

    /// Has workers stopped, as the orchestrator does, until none is left.
    static func stopAll(epoch: Int64, in runtime: RunningRuntime) async throws -> StopFlows.Reply {
        while true {
            let reply = try await runtime.call(
                StopFlows(
                    operation: try #require(Self.operation),
                    contract: try #require(RunningRuntime.contract), epoch: epoch),
                as: "deletion-orchestrator")
            if reply.remaining == 0 { return reply }
            await Task.yield()
        }
    }
}

@Suite("A contract's life in the flow runtime", .serialized)
struct LifecycleStories {
    @Test("a suspension ends the workers and closes every entrance; what waits is kept")
    func suspends() async throws {
        let sink = try await HTTPSink(answering: [503, 503, 503])
        try await RunningRuntime.with { runtime in
            let flow = try await FlowStories.start(Bodies.flow(to: sink.url), in: runtime)
            let waiting = try await runtime.request(
                "POST", "/hook/\(flow)", body: Bodies.message("Ada"))
            _ = await sink.next(1)
            let process = try await runtime.workerAtWork()

            #expect(try await Commands.apply(7, .suspending, in: runtime) == .applied)
            let hook = try await runtime.request("POST", "/hook/\(flow)", body: "{}")
            #expect(hook.status == 409)
            #expect(hook.errors == ["contract_suspended"])
            #expect(hook.json["errors"]?.array?.first?["meta"]?["reason"] == "unpaid")
            let start = try await runtime.request(
                "POST", "/v2/flows/\(flow)/start", as: RunningRuntime.builder)
            #expect(start.errors == ["contract_suspended"])
            let create = try await runtime.request(
                "POST", "/v2/flows", as: RunningRuntime.builder,
                body: Bodies.flow(to: sink.url))
            #expect(create.errors == ["contract_suspended"])

            let stopped = try await Commands.stopAll(epoch: 7, in: runtime)
            #expect(stopped.stopped == 1)
            #expect(ProcessTable.mark(of: process.pid) != process)
            let shown = try await runtime.request(
                "GET", "/v2/flows/\(flow)", as: RunningRuntime.guest)
            #expect(shown.attributes["status"] == "inactive")
            #expect(shown.attributes["current_status"] == "inactive")
            #expect(shown.attributes["queued_messages"] == 1)

            #expect(try await Commands.apply(8, .suspended, in: runtime) == .applied)
            #expect(try await Commands.apply(9, .active, in: runtime) == .applied)
            let idle = try await runtime.request("POST", "/hook/\(flow)", body: "{}")
            #expect(idle.status == 404)
            _ = try await runtime.request(
                "POST", "/v2/flows/\(flow)/start", as: RunningRuntime.builder)
            #expect(await sink.next(1).map(\.idempotencyKey) == ["\(waiting.id)-send"])
        }
        await sink.stop()
    }

    @Test("a deletion is attested only once nothing runs, and leaves nothing of the contract")
    func deletes() async throws {
        let sink = try await HTTPSink()
        try await RunningRuntime.with { runtime in
            let contract = try #require(RunningRuntime.contract)
            let operation = try #require(Commands.operation)
            let flow = try await FlowStories.start(Bodies.flow(to: sink.url), in: runtime)
            _ = try await runtime.request("POST", "/hook/\(flow)", body: Bodies.message("Ada"))
            _ = await runtime.reports.first { _ in true }
            let attest = AttestDrained(operation: operation, contract: contract, epoch: 5)
            #expect(
                await Self.code { try await runtime.call(attest, as: "deletion-orchestrator") }
                    == .failedPrecondition)

            let prepared = try await runtime.call(
                PrepareDeletion(try Commands.command(3, .preparing)), as: "contracts")
            #expect(prepared == .prepared)
            let hook = try await runtime.request("POST", "/hook/\(flow)", body: "{}")
            #expect(hook.errors == ["contract_deleting"])
            #expect(try await runtime.workers.map(\.state) == [.running])

            #expect(try await Commands.apply(5, .deleting, in: runtime) == .applied)
            _ = try await Commands.stopAll(epoch: 5, in: runtime)
            let attestation = try await runtime.call(attest, as: "deletion-orchestrator")
            #expect(attestation.workers == 0)
            #expect(attestation.stopped == 1)
            #expect(["cgroup", "session+token-scan"].contains(attestation.method))
            #expect(attestation.instanceFence == 1)

            let counts = try await runtime.call(
                CountKinds<FlowRuntime>(contract: contract), as: "deletion-orchestrator")
            for kind in counts.kinds {
                let chunk = try await runtime.call(
                    PurgeChunk<FlowRuntime>(
                        operation: operation, contract: contract, epoch: 5, kind: kind.kind,
                        chunk: 0, rowsMax: 500), as: "deletion-orchestrator")
                #expect(chunk == .init(deleted: kind.count, isLast: true), "\(kind.kind)")
            }
            _ = try await runtime.call(
                SealKinds<FlowRuntime>(operation: operation, contract: contract),
                as: "deletion-orchestrator")
            #expect(try await Commands.apply(6, .deleted, in: runtime) == .applied)
            let gone = try await runtime.request("POST", "/hook/\(flow)", body: "{}")
            #expect(gone.status == 404)
        }
        await sink.stop()
    }

    @Test("stopping is refused while the gate is open, since what stops may start again")
    func refusesToStop() async throws {
        try await RunningRuntime.with { runtime in
            let request = StopFlows(
                operation: try #require(Commands.operation),
                contract: try #require(RunningRuntime.contract), epoch: 3)
            let open = await Self.code {
                try await runtime.call(request, as: "deletion-orchestrator")
            }
            #expect(open == .failedPrecondition)
            _ = try await Commands.apply(2, .suspending, in: runtime)
            let older = await Self.code {
                try await runtime.call(request, as: "deletion-orchestrator")
            }
            #expect(older == .failedPrecondition)
        }
    }

    @Test("a runtime that starts ends what an earlier one left, and goes on with what was accepted")
    func restarts() async throws {
        let sink = try await HTTPSink(answering: [503])
        let folder = try TemporaryFolder()
        let flow = try await RunningRuntime.with(folder) { runtime in
            let flow = try await FlowStories.start(Bodies.flow(to: sink.url), in: runtime)
            _ = try await runtime.request("POST", "/hook/\(flow)", body: Bodies.message("Ada"))
            _ = await sink.next(1)
            _ = await runtime.reports.first { _ in true }
            return flow
        }
        try await RunningRuntime.with(folder) { runtime in
            #expect(await sink.next(1).map(\.body) == [#"{"greeting":"Hello Ada"}"#])
            _ = await runtime.reports.first { _ in true }
            let shown = try await runtime.request(
                "GET", "/v2/flows/\(flow)", as: RunningRuntime.guest)
            #expect(shown.attributes["current_status"] == "running")
            #expect(shown.attributes["queued_messages"] == 0)
        }
        await sink.stop()
    }

    @Test("states that were missed are learned at the start")
    func catchesUp() async throws {
        try await RunningRuntime.with { runtime in
            let flow = try await FlowStories.start(
                Bodies.flow(to: "http://127.0.0.1:1/"), in: runtime)
            runtime.contracts.put(try Commands.command(4, .suspended))
            #expect(runtime.service.missing != nil)
            try await runtime.service.pullContractStates()
            let hook = try await runtime.request("POST", "/hook/\(flow)", body: "{}")
            #expect(hook.errors == ["contract_suspended"])
        }
    }

    private static func code<T>(_ body: () async throws -> T) async -> RPCError.Code? {
        do {
            _ = try await body()
            return nil
        } catch {
            return (error as? RPCError)?.code
        }
    }
}
