import CBOR
import HTTP2
import NIOPosix
import RPC
import TestKit
import Testing

@testable import RPCOverHTTP2

/// A peer with several endpoints, on real sockets and a clock that stands still.
@Suite("A pool of endpoints", .timeLimit(.minutes(1)))
struct PoolTests {
    static let group = CarrierTests.group

    static func peer(
        _ source: PeerPool.Source, clock: ManualClock = ManualClock(),
        limits: RPCPoolLimits = RPCPoolLimits(),
        connectionLimits: HTTP2ClientLimits = HTTP2ClientLimits()
    ) -> RPCPeer {
        RPCPeer(
            source, name: "pool", poolLimits: limits, connectionLimits: connectionLimits,
            group: self.group, clock: clock)
    }

    static func client(
        _ peer: RPCPeer, _ retry: RetryPolicy = .never
    ) -> RPCClient<PoolService> {
        RPCClient(
            carry: peer.carry, options: RPCClientOptions(timeout: .seconds(30), retry: retry))
    }

    /// Runs `body` with servers named `0`, `1`, ….
    static func withServers(
        _ count: Int, failing: [Int: RPCError] = [:],
        _ body: ([PoolServer]) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        var servers: [PoolServer] = []
        let heldByAny = Tally()
        for number in 0..<count {
            servers.append(
                try await PoolServer(
                    "\(number)", at: .unixSocket(path: folder.file("\(number)")),
                    failing: failing[number], heldByAny: heldByAny))
        }
        do {
            try await body(servers)
        } catch {
            for server in servers { await server.drain(grace: .zero) }
            throw error
        }
        for server in servers { await server.drain(grace: .zero) }
    }

    @Test("all endpoints come to be used, and a busy one is avoided")
    func balance() async throws {
        try await Self.withServers(2) { servers in
            let peer = Self.peer(.addresses(servers.map(\.address)))
            let client = Self.client(peer)
            var names: Set<String> = []
            while names.count < 2 { names.insert(try await client.send(AskName()).name) }
            let held = Task { try await client.send(HoldOpen()).name }
            await servers[0].heldByAny.reaches(1)
            let busy = servers.firstIndex { $0.held.count == 1 }.map { "\($0)" }
            for _ in 0..<50 { #expect(try await client.send(AskName()).name != busy) }
            for server in servers { server.release.open() }
            #expect(try await held.value == busy)
            await peer.shutDown()
        }
    }

    @Test("a further attempt goes where none has been")
    func exclusion() async throws {
        let busy = RPCError(.unavailable, "busy", retryPushbackMilliseconds: 0)
        try await Self.withServers(3, failing: [0: busy, 1: busy]) { servers in
            let peer = Self.peer(.addresses(servers.map(\.address)))
            let client = Self.client(peer, RetryPolicy(attemptsMax: 3))
            for _ in 0..<3 {
                let name = try await client.send(AskName()).name
                #expect(name == "2")
            }
            let failed = servers[0].asked.count + servers[1].asked.count
            #expect(failed <= 6 && servers[2].asked.count == 3)
            await peer.shutDown()
        }
    }

    @Test("an endpoint that fails is ejected, and tried again when its time is over")
    func ejection() async throws {
        let broken = RPCError(.unavailable, "broken")
        try await Self.withServers(3, failing: [1: broken]) { servers in
            let clock = ManualClock()
            let peer = Self.peer(.addresses(servers.map(\.address)), clock: clock)
            let client = Self.client(peer)
            while servers[1].asked.count < 5 { _ = try? await client.send(AskName()) }
            for _ in 0..<50 { _ = try await client.send(AskName()) }
            #expect(servers[1].asked.count == 5)
            for _ in 0..<4 {
                await clock.untilSleeping()
                clock.advance(by: .seconds(10))
            }
            await clock.untilSleeping()
            while servers[1].asked.count < 6 { _ = try? await client.send(AskName()) }
            await peer.shutDown()
        }
    }

    @Test("endpoints come and go as the resolver says, and those that go end their calls")
    func resolution() async throws {
        try await Self.withServers(2) { servers in
            let clock = ManualClock()
            let resolver = ListResolver([servers[0].address])
            let peer = Self.peer(.resolver(resolver), clock: clock)
            let client = Self.client(peer)
            #expect(try await client.send(AskName()).name == "0")
            let held = Task { try await client.send(HoldOpen()).name }
            await servers[0].held.reaches(1)
            resolver.set([servers[1].address])
            while try await client.send(AskName()).name != "1" {
                await clock.untilSleeping()
                clock.advance(by: .seconds(31))
            }
            let before = servers[0].asked.count
            for _ in 0..<50 { #expect(try await client.send(AskName()).name == "1") }
            #expect(servers[0].asked.count == before)
            servers[0].release.open()
            #expect(try await held.value == "0")
            await peer.shutDown()
        }
    }

    @Test("what cannot be looked up leaves the endpoints as they are")
    func failingResolution() async throws {
        try await Self.withServers(1) { servers in
            let clock = ManualClock()
            let resolver = ListResolver([servers[0].address])
            let peer = Self.peer(.resolver(resolver), clock: clock)
            let client = Self.client(peer)
            let before = try await client.send(AskName()).name
            resolver.fail()
            while resolver.asked.count < 4 {
                await clock.untilSleeping()
                clock.advance(by: .seconds(31))
            }
            let after = try await client.send(AskName()).name
            #expect((before, after) == ("0", "0"))
            await peer.shutDown()
        }
    }

    @Test("a call for which no endpoint can be found was not processed; an endpoint may come yet")
    func nothingFound() async throws {
        try await Self.withServers(1) { servers in
            let clock = ManualClock()
            let resolver = ListResolver([])
            let peer = Self.peer(.resolver(resolver), clock: clock)
            let call = RPCCall(
                path: MethodPath.of(AskName.self), body: try CBOREncoder().encode(AskName()),
                context: CallContext())
            let failure = await #expect(throws: CarryFailure.self) { try await peer.carry(call) }
            #expect(failure?.wasNotProcessed == true)
            resolver.set([servers[0].address])
            await clock.untilSleeping()
            clock.advance(by: .seconds(2))
            await resolver.asked.reaches(2)
            let client = Self.client(peer, RetryPolicy(firstWaitMilliseconds: 1))
            #expect(try await client.send(AskName()).name == "0")
            await peer.shutDown()
        }
    }

    @Test("a connection that fails has the endpoints looked up again")
    func moved() async throws {
        try await Self.withServers(2) { servers in
            let clock = ManualClock()
            let resolver = ListResolver([servers[0].address])
            let peer = Self.peer(.resolver(resolver), clock: clock)
            let client = Self.client(peer, RetryPolicy(firstWaitMilliseconds: 1))
            let before = try await client.send(AskName()).name
            resolver.set([servers[1].address])
            // Long before the interval is over.
            await clock.untilSleeping()
            clock.advance(by: .seconds(2))
            await servers[0].drain(grace: .zero)
            let after = try await client.send(AskName()).name
            #expect((before, after) == ("0", "1"))
            await peer.shutDown()
        }
    }

    @Test(
        "calls beyond the streams a server allows wait, in bounded number and until their deadline")
    func queue() async throws {
        let folder = try TemporaryFolder()
        var serverLimits = HTTP2Limits.internalPeers
        serverLimits.streamsMax = 1
        let server = try await PoolServer(
            "0", at: .unixSocket(path: folder.file("s")), limits: serverLimits)
        var limits = HTTP2ClientLimits()
        limits.waitingCallsMax = 3
        let peer = Self.peer(.addresses([server.address]), connectionLimits: limits)
        let client = Self.client(peer)
        let held = Task { try await client.send(HoldOpen()).name }
        await server.held.reaches(1)
        var context = CallContext.current
        context.deadline = .now + .milliseconds(300)
        await CallContext.$current.withValue(context) {
            let late = await #expect(throws: RPCError.self) { try await client.send(AskName()) }
            #expect(late?.code == .deadlineExceeded)
        }
        // Beside the one that is held and the one that gave up, whose turn is yet to come.
        await withTaskGroup(of: RPCError.Code?.self) { group in
            for _ in 0..<3 { group.addTask { await Self.outcome(client) } }
            #expect(await group.next() == .unavailable)
            #expect(await group.next() == .unavailable)
            server.release.open()
            #expect(await group.next() == .some(nil))
        }
        #expect(try await held.value == "0")
        await peer.shutDown()
        await server.drain(grace: .seconds(1))
    }

    private static func outcome(_ client: RPCClient<PoolService>) async -> RPCError.Code? {
        do {
            _ = try await client.send(AskName())
            return nil
        } catch {
            return RPCError(crossing: error).code
        }
    }

    @Test("the system's resolver knows this machine, and says so when it does not know a name")
    func system() async throws {
        let addresses = try await DNSResolver(host: "127.0.0.1", port: 80).resolve()
        #expect(addresses == [.tcp(host: "127.0.0.1", port: 80)])
        await #expect(throws: (any Error).self) {
            try await DNSResolver(host: "nobody.invalid", port: 80).resolve()
        }
    }
}
