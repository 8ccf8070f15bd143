import Foundation
import HTTP2
import NIOPosix
import RPC
import RPCOverHTTP2
import Synchronization
import TestKit
import Testing

@Suite("Services are restarted under load", .serialized)
struct RestartTests {
    static let callers = 16
    static let services = ["identity", "contracts", "flow-runtime", "deletion-orchestrator"]

    @Test(
        "no call fails while a service ends in good order and is started again",
        .timeLimit(.minutes(3)))
    func restart() async throws {
        try await RunningSuite.run { suite in
            for service in Self.services {
                // However slow this machine is: the time in between is not what is looked at.
                var limits = RPCPoolLimits()
                limits.reconnectMillisecondsMax = 60_000
                let socket = suite.data.appending(path: "run/\(service).sock").path
                let peer = RPCPeer(
                    [.unixSocket(path: socket)], poolLimits: limits,
                    group: MultiThreadedEventLoopGroup.singleton)
                let load = Load(RPCClient(Health.self, carry: peer.carry))
                async let calls: Void = load.run()
                await load.answersMore()
                try await suite.restartService(service)
                await load.answersMore()
                load.end()
                try await calls
                await peer.shutDown()
            }
        }
    }

    /// Calls from many tasks at once, one after another, until told to end.
    private final class Load: Sendable {
        private let answered = Tally()
        private let hasFailed = Atomic(false)
        private let client: RPCClient<Health>
        private let hasEnded = Atomic(false)

        init(_ client: RPCClient<Health>) { self.client = client }

        func end() { self.hasEnded.store(true, ordering: .relaxed) }

        /// Waits until each caller may have been answered once more, or one has failed.
        func answersMore() async {
            let enough = self.answered.count + RestartTests.callers
            if self.hasFailed.load(ordering: .sequentiallyConsistent) { return }
            await self.answered.reaches(enough)
        }

        /// - Throws: what the first call that fails throws.
        func run() async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<RestartTests.callers {
                    group.addTask {
                        while !self.hasEnded.load(ordering: .relaxed) {
                            _ = try await self.client.send(CheckHealth())
                            self.answered.add()
                        }
                    }
                }
                do {
                    try await group.waitForAll()
                } catch {
                    // Nobody is to wait for more answers.
                    self.hasFailed.store(true, ordering: .sequentiallyConsistent)
                    for _ in 0..<RestartTests.callers { self.answered.add() }
                    throw error
                }
            }
        }
    }
}
