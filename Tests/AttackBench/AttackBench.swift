package import HTTP2
package import NIOCore
import NIOPosix
import Synchronization
import TestKit
import Testing

/// A listener under attack, with a well-behaved neighbour on another connection.
///
/// The only way to a ``RawPeer`` leads through here, so that whoever speaks raw bytes to a real
/// listener proves three things at once. What the attacker sees is what the attack returns, for the
/// test to compare. Memory stays within bounds: the server's own counts within its limits
/// (``AttackTarget/excesses()``), and the process, attacker and whatever other tests run included,
/// within a bound as well. And a neighbour, who shares the one event loop of the
/// server, calls without a pause and is answered about as fast as before, or as the neighbour of
/// another server, which nobody attacks, is answered meanwhile: the machine has others to serve.
package struct AttackBench<Target: AttackTarget>: Sendable {
    /// What is attacked.
    package let target: Target
    /// The one event loop of the target, for tests that let it listen in further ways.
    package let group: any EventLoopGroup

    /// Attacks a target that is bound for it, and checks what everybody else noticed of it.
    ///
    /// - Parameters:
    ///   - bind: makes a target on an event loop; called twice, for one is left in peace.
    ///   - attack: runs on a thread of its own, so that it may block.
    /// - Returns: what the attack did.
    package static func run<Found: Sendable>(
        within bounds: AttackBounds = AttackBounds(),
        bind: (any EventLoopGroup) async throws -> Target,
        attack: @escaping @Sendable (AttackBench) async throws -> Found
    ) async throws -> Found {
        let memory = try ProcessMemory()
        return try await Self.with(bind) { attacked, group in
            try await Self.with(bind) { peaceful, _ in
                let neighbour = try await attacked.neighbour()
                let control = try await peaceful.neighbour()
                let watch = NeighbourWatch(memory)
                let quiet = try await watch.calls(of: neighbour, at: attacked)
                let before = memory.residentBytes
                let loopMemory = try await LoopMemory(of: group.next())
                let finished = Gate()
                async let busy = watch.calls(of: neighbour, at: attacked, until: finished)
                async let elsewhere = watch.calls(of: control, at: peaceful, until: finished)
                let bench = AttackBench(target: attacked, group: group)
                let found = await AttackThread.run { try await attack(bench) }
                finished.open()
                let calls = try await [quiet, busy, elsewhere]
                let heldBytes = try await loopMemory.peakBytes()
                await neighbour.close()
                await control.close()
                let residentBytes = max(calls[1].residentBytes, calls[2].residentBytes)
                bounds.check(
                    heldBytes: heldBytes, growthBytes: residentBytes - before,
                    busy: calls[1].slowest, otherwise: max(calls[0].slowest, calls[2].slowest))
                for excess in calls[1].excesses { Issue.record("\(excess)") }
                return try found.get()
            }
        }
    }

    /// Runs a body with a target, which is gone afterwards.
    private static func with<Found>(
        _ bind: (any EventLoopGroup) async throws -> Target,
        _ body: (Target, any EventLoopGroup) async throws -> Found
    ) async throws -> Found {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let target = try await bind(group)
        let found: Result<Found, any Error>
        do {
            found = .success(try await body(target, group))
        } catch {
            found = .failure(error)
        }
        await target.drain()
        try await group.shutdownGracefully()
        return try found.get()
    }

    /// A connection that has said nothing yet.
    ///
    /// - Parameter address: where, if not at the target's own address.
    package func connect(_ kind: RawPeer.Kind, to address: HTTP2Address? = nil) throws -> RawPeer {
        try RawPeer(address ?? self.target.address, kind)
    }

    /// A connection that has greeted the server in HTTP/2.
    package func attacker() throws -> RawPeer {
        let peer = try self.connect(.frames)
        peer.send(Raw.hello)
        return peer
    }

    /// Sends a piece again and again until the server closes, and says what it said.
    package func flood(
        _ opening: [UInt8] = [], with piece: [UInt8], times: Int
    ) throws -> SeenByAttacker {
        let peer = try self.attacker()
        peer.send(opening)
        for _ in 0..<times where !peer.isClosed { peer.send(piece) }
        peer.receiveToEnd()
        return peer.seen
    }
}

/// A listener that can be attacked while others use it.
package protocol AttackTarget: Sendable {
    /// Where it listens.
    var address: HTTP2Address { get }

    /// A well-behaved client, on a connection of its own.
    func neighbour() async throws -> Neighbour

    /// What it holds beyond its limits, for one to read; empty when there is nothing.
    func excesses() async throws -> [String]

    /// Stops listening; nobody is served any more when this returns.
    func drain() async
}

/// A client that only wants to be served.
package struct Neighbour: Sendable {
    /// Makes a call, and throws unless it is answered as it should be.
    package let call: @Sendable () async throws -> Void
    /// Closes the connection.
    package let close: @Sendable () async -> Void

    package init(
        call: @escaping @Sendable () async throws -> Void,
        close: @escaping @Sendable () async -> Void
    ) {
        self.call = call
        self.close = close
    }
}

/// How much an attack may be noticed by others.
package struct AttackBounds: Sendable {
    /// Bytes the process may grow by, whatever else it does meanwhile.
    private static let growthBytesMax = 256 * 1024 * 1024
    /// The neighbour's slowest percent may take this many times what it takes otherwise …
    private static let slowdownMax = 20
    /// … and in any case this long.
    private static let patience = Duration.milliseconds(500)
    /// Calls of the neighbour before an attack, and at least while it goes on.
    static let callsMin = 100

    /// Bytes the server's event loop may hold at any moment, beyond what it held before.
    private let heldBytesMax: Int

    /// Bounds for an attack that is to hold up to so much memory.
    package init(heldBytesMax: Int = 4 * 1024 * 1024) { self.heldBytesMax = heldBytesMax }

    fileprivate func check(
        heldBytes: Int, growthBytes: Int, busy: Duration, otherwise: Duration
    ) {
        #expect(heldBytes <= self.heldBytesMax, "the server held \(heldBytes >> 10) KiB")
        #expect(growthBytes <= Self.growthBytesMax, "the process grew by \(growthBytes >> 20) MiB")
        #expect(
            busy <= max(otherwise * Self.slowdownMax, Self.patience),
            "the neighbour waited \(busy), otherwise \(otherwise)")
    }
}
