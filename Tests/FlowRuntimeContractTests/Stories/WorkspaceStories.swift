import ContractLifecycle
import FlowRuntimeAPI
import HTTP2
import Identifiers
import JSONAPI
import RPC
import TestKit
import Testing

@testable import FlowRuntimeServer

@Suite("A deleted workspace in the flow runtime", .serialized)
struct WorkspaceStories {
    @Test("its flows end and are erased, its hooks are gone, and none is made in it again")
    func closes() async throws {
        let sink = try await HTTPSink(answering: [503, 503, 503])
        try await RunningRuntime.with { runtime in
            let flow = try await FlowStories.start(Bodies.flow(to: sink.url), in: runtime)
            _ = try await runtime.request("POST", "/hook/\(flow)", body: Bodies.message("Ada"))
            _ = await sink.next(1)
            let process = try await runtime.workerAtWork()
            let request = try Self.close()
            #expect(try await runtime.call(request, as: "contracts").flows == 1)
            #expect(try await runtime.call(request, as: "contracts").flows == 0, "asked twice")
            let shown = try await runtime.request(
                "GET", "/v2/flows/\(flow)", as: RunningRuntime.builder)
            #expect(shown.status == 404)
            let hook = try await runtime.request("POST", "/hook/\(flow)", body: "{}")
            #expect(hook.status == 404)
            let create = try await runtime.request(
                "POST", "/v2/flows", as: RunningRuntime.builder, body: Bodies.flow(to: sink.url))
            #expect(create.status == 404)
            #expect(create.errors == ["not_found"])

            let erasing = Task { try await runtime.service.eraseDeletedFlows() }
            var left = try await Self.kinds(in: runtime)
            while left != ["closed_workspaces": 1] {
                await Task.yield()
                left = try await Self.kinds(in: runtime)
            }
            #expect(ProcessTable.mark(of: process.pid) != process, "it ended before its rows went")
            erasing.cancel()
            _ = await erasing.result
        }
    }

    @Test("of a contract that is being deleted nothing is added to what its purge takes")
    func deleting() async throws {
        try await RunningRuntime.with { runtime in
            let applied = try await Commands.apply(7, .deleting, in: runtime)
            #expect(applied == .applied)
            let closed = try await runtime.call(Self.close(), as: "contracts")
            #expect(closed.flows == 0)
            let kinds = try await Self.kinds(in: runtime)
            #expect(kinds == [:])
        }
    }

    private static func close() throws -> CloseWorkspace {
        CloseWorkspace(
            contract: try #require(RunningRuntime.contract),
            workspace: try #require(RunningRuntime.workspace))
    }

    /// What there is of the contract, by kind.
    private static func kinds(in runtime: RunningRuntime) async throws -> [String: Int] {
        let reply = try await runtime.call(
            CountKinds<FlowRuntime>(contract: try #require(RunningRuntime.contract)),
            as: "deletion-orchestrator")
        let found = reply.kinds.filter { $0.count > 0 }
        return Dictionary(uniqueKeysWithValues: found.map { ($0.kind, $0.count) })
    }
}
