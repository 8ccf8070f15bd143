import HTTP2
import RPC
import Synchronization
import TestKit
import Testing

@testable import RPCOverHTTP2

/// Servers end and successors take over, while calls are made that must not be made twice.
@Suite("A rolling restart loses no call", .timeLimit(.minutes(2)))
struct RollingRestartTests {
    static let restarts = 4
    static let callsBetween = 500
    static let callers = 16

    /// Makes calls from many tasks at once, and says how many have been answered.
    ///
    /// The calls of one part run while the restart of that part does; those of the next part wait
    /// until it is over, so that every server gets some.
    final class Load: Sendable {
        let answered = Tally()
        /// Opened when a restart is over.
        let restarted = (0..<RollingRestartTests.restarts).map { _ in Gate() }
        private let begun = Atomic(0)
        private let total = (RollingRestartTests.restarts + 2) * RollingRestartTests.callsBetween

        /// Returns how many calls were made.
        ///
        /// - Throws: what the first call that fails throws.
        func run(_ client: RPCClient<PoolService>) async throws -> Int {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<RollingRestartTests.callers {
                    group.addTask { try await self.calls(client) }
                }
                try await group.waitForAll()
            }
            return self.total
        }

        private func calls(_ client: RPCClient<PoolService>) async throws {
            while true {
                let number = self.begun.wrappingAdd(1, ordering: .relaxed).oldValue
                guard number < self.total else { return }
                let part = number / RollingRestartTests.callsBetween
                if part >= 2 { await self.restarted[part - 2].pass() }
                do {
                    _ = try await client.send(TakeOnce())
                } catch {
                    // Nobody is to wait for the rest.
                    for _ in 0..<self.total { self.answered.add() }
                    throw error
                }
                self.answered.add()
            }
        }
    }

    /// Restarts `restarts` times under load; `successor` starts the next server.
    static func run(
        _ first: PoolServer, on peer: RPCPeer,
        successor: (PoolServer, Int) async throws -> PoolServer
    ) async throws {
        let client = RPCClient(PoolService.self, carry: peer.carry)
        let load = Load()
        let calls = Task { try await load.run(client) }
        var servers = [first]
        for restart in 1...Self.restarts {
            await load.answered.reaches(restart * Self.callsBetween)
            let before = servers[servers.count - 1]
            servers.append(try await successor(before, restart))
            await before.drain()
            #expect(before.connectionCount == 0)
            load.restarted[restart - 1].open()
        }
        let total = try await calls.value
        #expect(servers.reduce(0) { $0 + $1.taken.count } == total)
        #expect(servers.allSatisfy { $0.taken.count > 0 })
        await peer.shutDown()
        await servers[servers.count - 1].drain(grace: .seconds(1))
    }

    @Test("on a Unix socket that the successor takes over while the old server serves")
    func unixSocket() async throws {
        let folder = try TemporaryFolder()
        let first = try await PoolServer("0", at: .unixSocket(path: folder.file("s")))
        let peer = RPCPeer([first.address], group: CarrierTests.group)
        try await Self.run(first, on: peer) { before, number in
            try await PoolServer("\(number)", at: before.address, takesOver: true)
        }
    }

    @Test("on a TCP port that both listen at for a while")
    func sharedPort() async throws {
        let first = try await PoolServer(
            "0", at: .tcp(host: "127.0.0.1", port: 0), takesOver: true)
        let peer = RPCPeer([first.address], group: CarrierTests.group)
        try await Self.run(first, on: peer) { before, number in
            try await PoolServer("\(number)", at: before.address, takesOver: true)
        }
    }

    @Test("on another TCP port, found by resolving again")
    func otherPort() async throws {
        let clock = ManualClock()
        let first = try await PoolServer("0", at: .tcp(host: "127.0.0.1", port: 0))
        let resolver = ListResolver([first.address])
        let peer = RPCPeer(
            .resolver(resolver), name: "pool", group: CarrierTests.group, clock: clock)
        let probe = RPCClient(PoolService.self, carry: peer.carry)
        try await Self.run(first, on: peer) { _, number in
            let next = try await PoolServer("\(number)", at: .tcp(host: "127.0.0.1", port: 0))
            resolver.set([next.address])
            // The old one may go once calls find the new one.
            while try await probe.send(AskName()).name != next.name {
                await clock.untilSleeping()
                clock.advance(by: .seconds(31))
            }
            return next
        }
    }

    @Test("when the successor comes only after the old server has ended, calls wait for it")
    func gap() async throws {
        let folder = try TemporaryFolder()
        let first = try await PoolServer("0", at: .unixSocket(path: folder.file("s")))
        // However slow this machine is: the time in between is not what is looked at.
        var limits = RPCPoolLimits()
        limits.reconnectMillisecondsMax = 60_000
        let peer = RPCPeer([first.address], poolLimits: limits, group: CarrierTests.group)
        try await Self.run(first, on: peer) { before, number in
            await before.drain()
            return try await PoolServer("\(number)", at: before.address)
        }
    }
}
