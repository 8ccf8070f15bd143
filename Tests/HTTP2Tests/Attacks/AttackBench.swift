import CNghttp2
import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestKit
import Testing

@testable import HTTP2

/// Attacks, one at a time: each is measured.
@Suite("attacks on a listener", .serialized)
enum Attacks {}

/// A real listener under attack, with a well-behaved neighbour on another connection.
///
/// Attacker and neighbour share the one event loop of the server. While the attack goes on the
/// neighbour calls without a pause, and all its calls must be answered about as fast as before; the
/// server's own counts stay within its limits; and the process, attacker and whatever other tests
/// run included, may not grow beyond a bound.
struct AttackBench: Sendable {
    let address: HTTP2Address
    let listener: HTTP2Listener

    /// What came of an attack.
    struct Report<Found: Sendable>: Sendable {
        /// What the attack returned.
        let found: Found
        /// Why the server ended connections.
        let terminations: [String]
    }

    /// Calls of the neighbour before an attack, and at least while it goes on.
    static let callsMin = 50
    /// Bytes the process may grow by.
    static let growthBytesMax = 256 * 1024 * 1024
    /// The neighbour's slowest percent may take this many times what it took before the attack …
    static let slowdownMax = 20
    /// … and in any case this long: the machine has others to serve.
    static let patience = Duration.milliseconds(500)

    /// Runs an attack on a thread of its own, and checks what everybody else noticed of it.
    static func run<Found: Sendable>(
        _ handler: any HTTP2RequestHandler = EchoHandler(), limits: HTTP2Limits = .publicEdge,
        attack: @escaping @Sendable (AttackBench) throws -> Found
    ) async throws -> Report<Found> {
        let folder = try TemporaryFolder()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let terminations = Termination()
        let listener = try await HTTP2Listener.bind(
            to: .unixSocket(path: folder.file("s")),
            configuration: HTTP2ServerConfiguration(limits: limits) { terminations.note($1) },
            group: group
        ) { _ in NeighbourlyHandler(others: handler) }
        let bench = AttackBench(address: listener.address, listener: listener)
        let neighbour = try await Neighbour(of: bench)
        let quiet = try await neighbour.call(times: Self.callsMin)
        let before = ProcessMemory.residentBytes
        let finished = Gate()
        async let calls = neighbour.call(atLeast: Self.callsMin, until: finished)
        let result = await Self.onThread { Result { try attack(bench) } }
        finished.open()
        let busy = try await calls
        let growth = busy.residentBytes - before
        #expect(growth <= Self.growthBytesMax, "the process grew by \(growth >> 20) MiB")
        for usage in busy.usages { usage.check(limits) }
        #expect(
            busy.slowest <= max(quiet.slowest * Self.slowdownMax, Self.patience),
            "the neighbour waited \(busy.slowest), before \(quiet.slowest)")
        neighbour.connection.close()
        await listener.drain(grace: .zero)
        try await group.shutdownGracefully()
        return Report(found: try result.get(), terminations: terminations.all)
    }

    /// Runs blocking code beside the threads that tests run on.
    static func onThread<Found: Sendable>(
        _ body: @escaping @Sendable () -> Found
    ) async -> Found {
        await withCheckedContinuation { continuation in
            Thread { continuation.resume(returning: body()) }.start()
        }
    }

    /// A connection that has greeted the server.
    func attacker() throws -> RawPeer {
        let peer = try RawPeer(self.address)
        peer.send(Raw.hello)
        return peer
    }

    /// Sends a piece again and again until the server closes, and says what it said.
    func flood(_ opening: [UInt8] = [], with piece: [UInt8], times: Int) throws -> SeenByAttacker {
        let peer = try self.attacker()
        peer.send(opening)
        for _ in 0..<times where !peer.isClosed { peer.send(piece) }
        peer.receiveToEnd()
        return peer.seen
    }
}

/// A client that only wants to be served.
struct Neighbour: Sendable {
    /// How calls went.
    struct Calls: Sendable {
        /// What the slowest percent took.
        var slowest: Duration
        /// The most memory that was resident meanwhile.
        var residentBytes: Int
        /// What the server held, from time to time.
        var usages: [ServerUsage]
    }

    let connection: HTTP2ClientConnection
    private let listener: HTTP2Listener

    init(of bench: AttackBench) async throws {
        self.listener = bench.listener
        self.connection = try await HTTP2ClientConnection.connect(
            to: bench.address, group: MultiThreadedEventLoopGroup.singleton)
    }

    func call(times: Int) async throws -> Calls {
        let finished = Gate()
        finished.open()
        return try await self.call(atLeast: times, until: finished)
    }

    func call(atLeast times: Int, until finished: Gate) async throws -> Calls {
        let head = try HTTP2RequestHead(
            method: "POST", scheme: "http", authority: "test", path: NeighbourlyHandler.path)
        var durations: [Duration] = []
        var residentBytes = 0
        var usages: [ServerUsage] = []
        while durations.count < times || !finished.isOpen {
            let began = ContinuousClock.now
            let response = try await self.connection.call(
                HTTP2ClientRequest(head: head, body: [1, 2, 3]))
            durations.append(began.duration(to: .now))
            #expect(response.status == 200)
            if durations.count % 16 == 0 {
                residentBytes = max(residentBytes, ProcessMemory.residentBytes)
                usages += try await ServerUsage.all(of: self.listener)
            }
        }
        durations.sort()
        return Calls(
            slowest: durations[durations.count * 99 / 100], residentBytes: residentBytes,
            usages: usages)
    }
}

/// What one connection of a server holds.
struct ServerUsage: Sendable {
    /// Frames queued by all that can be in one read of the socket: each may call for one.
    private static let framesOfOneRead = 16 * 1024 / 9

    var streams: Int
    var handlers: Int
    var heldBytes: Int
    var unsentBytes: Int
    var queuedFrames: Int

    /// The usage of every connection, each asked on its loop.
    static func all(of listener: HTTP2Listener) async throws -> [ServerUsage] {
        var usages: [ServerUsage] = []
        for connection in listener.connections.all {
            let usage = try await connection.eventLoop.submit {
                let core = connection.value.core
                return ServerUsage(
                    streams: core.pointee.liveCount, handlers: core.pointee.runningCount,
                    heldBytes: core.pointee.heldBytes, unsentBytes: core.pointee.unsentBytes,
                    queuedFrames: core.pointee.isOver
                        ? 0 : nghttp2_session_get_outbound_queue_size(core.session))
            }.get()
            usages.append(usage)
        }
        return usages
    }

    func check(_ limits: HTTP2Limits) {
        // Streams that have closed stay as long as their handlers run.
        #expect(self.streams <= limits.streamsMax + limits.handlersMax)
        #expect(self.handlers <= limits.handlersMax)
        #expect(self.heldBytes <= limits.heldBodyBytesMax + limits.connectionWindowBytes)
        #expect(self.unsentBytes <= limits.unsentBytesMax + limits.handlersMax << 20)
        #expect(self.queuedFrames <= limits.outboundFramesMax + Self.framesOfOneRead)
    }
}

/// Answers the neighbour, and leaves everybody else to another handler.
struct NeighbourlyHandler: HTTP2RequestHandler {
    static let path = "/neighbour"
    let others: any HTTP2RequestHandler

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        if request.path == Self.path {
            responder.send(EchoHandler.head, body: request.takeBody())
        } else {
            try await self.others.respond(to: request, with: responder)
        }
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { self.others.refusal(reason) }
}

/// What the kernel says this process uses.
enum ProcessMemory {
    /// Memory that is resident now; zero where there is no `/proc`.
    static var residentBytes: Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
            return 0
        }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
