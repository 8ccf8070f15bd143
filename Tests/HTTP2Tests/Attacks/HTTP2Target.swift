import AttackBench
import NIOCore
import NIOPosix
import NIOSSL
import TestKit
import Testing

@testable import HTTP2

/// Attacks, one at a time: each is measured.
@Suite("attacks on a listener", .serialized)
enum Attacks {}

/// A listener for HTTP/2 without TLS, whose neighbour's requests are echoed.
struct HTTP2Target: AttackTarget {
    let listener: HTTP2Listener
    /// Why it ended connections; complete once it is drained.
    let terminations: Termination
    private let limits: HTTP2Limits
    private let folder: TemporaryFolder

    init(
        _ handler: any HTTP2RequestHandler, limits: HTTP2Limits, on group: any EventLoopGroup
    ) async throws {
        let terminations = Termination()
        self.folder = try TemporaryFolder()
        self.terminations = terminations
        self.limits = limits
        self.listener = try await HTTP2Listener.bind(
            to: .unixSocket(path: self.folder.file("s")),
            configuration: HTTP2ServerConfiguration(limits: limits) { terminations.note($1) },
            group: group
        ) { _ in NeighbourlyHandler(others: handler) }
    }

    var address: HTTP2Address { self.listener.address }

    func neighbour() async throws -> Neighbour {
        var patient = HTTP2ClientLimits()
        patient.connectSecondsMax = 60
        let connection = try await HTTP2ClientConnection.connect(
            to: self.address, limits: patient, group: MultiThreadedEventLoopGroup.singleton)
        let head = try HTTP2RequestHead(
            method: "POST", scheme: "http", authority: "test", path: NeighbourlyHandler.path)
        return Neighbour {
            let response = try await connection.call(
                HTTP2ClientRequest(head: head, body: [1, 2, 3]))
            #expect(response.status == 200)
        } close: {
            connection.close()
        }
    }

    func excesses() async throws -> [String] {
        try await ServerUsage.all(of: self.listener).flatMap { $0.excesses(self.limits) }
    }

    func drain() async { await self.listener.drain(grace: .zero) }
}

extension AttackBench where Target == HTTP2Target {
    /// What came of an attack.
    struct Report<Found: Sendable>: Sendable {
        /// What the attack returned.
        let found: Found
        /// Why the server ended connections.
        let terminations: [String]
    }

    /// Attacks a listener whose other requests go to `handler`.
    static func run<Found: Sendable>(
        _ handler: any HTTP2RequestHandler = EchoHandler(), limits: HTTP2Limits = .publicEdge,
        within bounds: AttackBounds = AttackBounds(),
        attack: @escaping @Sendable (AttackBench) async throws -> Found
    ) async throws -> Report<Found> {
        let (found, terminations) = try await Self.run(within: bounds) {
            try await HTTP2Target(handler, limits: limits, on: $0)
        } attack: { bench in
            (try await attack(bench), bench.target.terminations)
        }
        return Report(found: found, terminations: terminations.all)
    }

    /// Runs a body with another listener on the loop of the one that the neighbour calls.
    ///
    /// For limits that would make a neighbour suffer who is only slow because the machine is busy.
    func withListener<Found>(
        limits: HTTP2Limits, tls: NIOSSLContext? = nil, at address: HTTP2Address? = nil,
        _ handler: any HTTP2RequestHandler = EchoHandler(),
        _ body: (HTTP2Listener, Termination) async throws -> Found
    ) async throws -> Found {
        let folder = try TemporaryFolder()
        let reasons = Termination()
        let listener = try await HTTP2Listener.bind(
            to: address ?? .unixSocket(path: folder.file("s")), tls: tls,
            configuration: HTTP2ServerConfiguration(limits: limits) { reasons.note($1) },
            group: self.group
        ) { _ in handler }
        let found: Result<Found, any Error>
        do {
            found = .success(try await body(listener, reasons))
        } catch {
            found = .failure(error)
        }
        await listener.drain(grace: .zero)
        return try found.get()
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
