import AttackBench
import NIOCore
import Testing

@testable import HTTP2

/// One demand of a standard: what is sent, and what must come back.
struct StrictCase: Sendable, CustomTestStringConvertible {
    /// What must come of it.
    enum Outcome: Sendable, Equatable {
        /// GOAWAY with this code, and the end of the connection.
        case connectionError(UInt32)
        /// RST_STREAM with this code for stream 1; the connection goes on.
        case streamError(UInt32)
        /// The same for another stream.
        case otherStreamError(UInt32, UInt32)
        /// The request on stream 1 is answered, and the connection goes on.
        case answered
        /// Nothing: the connection goes on.
        case ignored
    }

    /// The section of RFC 9113, or of RFC 7541 where it says HPACK.
    let section: String
    let what: String
    let bytes: [UInt8]
    let outcome: Outcome

    init(_ section: String, _ what: String, _ bytes: [UInt8], _ outcome: Outcome) {
        self.section = section
        self.what = what
        self.bytes = bytes
        self.outcome = outcome
    }

    var testDescription: String { "\(self.section): \(self.what)" }

    /// Checks rows against a listener: each all at once and byte by byte, which must make no
    /// difference.
    static func check(_ rows: [StrictCase]) async throws {
        try await AttackBench.runStrict { bench in
            for isDribbled in [false, true] {
                for row in rows {
                    try await bench.withStranger(isDribbled: isDribbled) { row.check($0) }
                }
            }
        }
    }

    /// Sends the bytes on a connection that has been greeted, and checks what comes of them.
    private func check(_ peer: RawPeer) {
        peer.send(Raw.hello + self.bytes)
        switch self.outcome {
        case .connectionError(let code):
            peer.receiveToEnd()
            #expect(peer.isClosed, "\(self.testDescription)")
            #expect(peer.seen.goAway == code, "\(self.testDescription)")
        case .streamError(let code): self.expectReset(of: 1, code, peer)
        case .otherStreamError(let stream, let code): self.expectReset(of: stream, code, peer)
        case .answered:
            #expect(peer.receive { $0.status(1) == "200" }, "\(self.testDescription)")
            self.expectService(peer)
            #expect(peer.seen.resets.isEmpty, "\(self.testDescription)")
        case .ignored:
            self.expectService(peer)
            #expect(peer.seen.resets.isEmpty, "\(self.testDescription)")
        }
    }

    private func expectReset(of stream: UInt32, _ code: UInt32, _ peer: RawPeer) {
        peer.receive { $0.frames(.resetStream).contains { $0.stream == stream } }
        self.expectService(peer)
        let codes = peer.seen.frames
            .filter { $0.stream == stream && $0.kind == Raw.Kind.resetStream.rawValue }.map(\.code)
        #expect(codes == [code], "\(self.testDescription)")
        #expect(peer.seen.statuses[stream] == nil, "\(self.testDescription)")
    }

    /// The connection is as good as new.
    private func expectService(_ peer: RawPeer) {
        #expect(peer.settle(), "\(self.testDescription)")
        #expect(peer.seen.goAway == nil, "\(self.testDescription)")
    }
}

extension RawPeer {
    /// Returns once the server has dealt with everything that was sent, and has sent everything it
    /// had to say to that; false when it closes instead.
    func settle() -> Bool {
        // PING is answered before anything else that waits to be sent, hence two.
        for _ in 0..<2 {
            let count = self.seen.frames.count { $0.kind == Raw.Kind.ping.rawValue }
            let mark = [8, 7, 6, 5, 4, 3, 2, UInt8(truncatingIfNeeded: count)]
            self.send(Raw.frame(.ping, mark))
            guard self.receive(until: { $0.frames(.ping).last?.payload == mark }),
                self.seen.frames.last(where: { $0.kind == Raw.Kind.ping.rawValue })?.flags
                    == Raw.acknowledgement
            else { return false }
        }
        return true
    }
}

extension AttackBench where Target == HTTP2Target {
    /// Has strangers try a listener out that answers `/echo` only.
    static func runStrict(
        _ body: @escaping @Sendable (AttackBench) async throws -> Void
    ) async throws {
        // No row is about time, however busy the machine is.
        var limits = HTTP2Limits.publicEdge
        limits.prefaceSecondsMax = 60
        limits.settingsAckSecondsMax = 60
        _ = try await Self.run(PatientHandler(), limits: limits) { try await body($0) }
    }

    /// Connects, and lets the server read byte by byte if it is to.
    ///
    /// Nobody but the neighbour may be connected otherwise.
    func withStranger<Found>(
        isDribbled: Bool = false, _ body: (RawPeer) async throws -> Found
    ) async throws -> Found {
        let listener = self.target.listener
        while listener.connectionCount > 1 { await Task.yield() }
        let peer = try self.connect(.frames)
        // By its first frame the connection is among the listener's.
        peer.receive { !$0.frames(.settings).isEmpty }
        if isDribbled {
            for connection in listener.connections.all {
                try await connection.eventLoop.flatSubmit {
                    connection.value.readByteByByte(connection.eventLoop)
                }.get()
            }
        }
        return try await body(peer)
    }
}

extension HTTP2ServerConnection {
    fileprivate func readByteByByte(_ loop: any EventLoop) -> EventLoopFuture<Void> {
        self.context?.channel.setOption(
            .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1))
            ?? loop.makeSucceededVoidFuture()
    }
}

/// Answers `/echo`, and nothing else before it is cancelled.
struct PatientHandler: HTTP2RequestHandler {
    private let patient = NeverHandler()

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        if request.path == "/echo" {
            responder.send(EchoHandler.head, body: request.takeBody())
        } else {
            try await self.patient.respond(to: request, with: responder)
        }
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { HTTP2Response(status: reason.status) }
}

extension Raw {
    /// A request that is not answered while a test looks.
    static func waiting(_ stream: UInt32, end: Bool = true) -> [UInt8] {
        self.headers(stream, end: end, self.requestFields(path: "/wait"))
    }

    /// Pseudo fields of a GET, and more.
    static func get(_ more: [UInt8] = []) -> [UInt8] {
        self.headers(1, end: true, self.requestFields(method: "GET", more))
    }
}
