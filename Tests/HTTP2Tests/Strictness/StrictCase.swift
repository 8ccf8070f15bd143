import AttackBench
import HTTP2
import Testing

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
        /// The connection is closed, with or without a GOAWAY before.
        case closed
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

    /// Sends the bytes to a server that has been greeted, and checks what comes of them.
    ///
    /// - Parameter answers: whether requests are answered at once, or not at all.
    func check(_ handler: any HTTP2RequestHandler) throws {
        // All at once, and byte by byte: it must make no difference.
        for size in [16 * 1024, 1] {
            let server = try EmbeddedServer(handler, greets: true)
            try server.send(self.bytes, inPiecesOf: size)
            switch self.outcome {
            case .connectionError(let code):
                #expect(server.goAway == code)
                #expect(server.isClosed)
                #expect(server.termination.reason != nil)
            case .streamError(let code): try self.expectReset(of: 1, code, server)
            case .otherStreamError(let stream, let code):
                try self.expectReset(of: stream, code, server)
            case .answered:
                #expect(server.status(1) == "200")
                #expect(server.frames(.resetStream).isEmpty)
                try self.expectService(server)
            case .ignored:
                #expect(server.frames(.resetStream).isEmpty)
                try self.expectService(server)
            case .closed: #expect(server.isClosed)
            }
        }
    }

    private func expectReset(of stream: UInt32, _ code: UInt32, _ server: EmbeddedServer) throws {
        let resets = server.frames(.resetStream).filter { $0.stream == stream }
        #expect(resets.map(\.code) == [code])
        #expect(server.status(stream) == nil)
        try self.expectService(server)
    }

    /// The connection is as good as new.
    private func expectService(_ server: EmbeddedServer) throws {
        #expect(server.goAway == nil)
        try server.send(Raw.frame(.ping, [8, 7, 6, 5, 4, 3, 2, 1]))
        #expect(server.frames(.ping).last?.payload == [8, 7, 6, 5, 4, 3, 2, 1])
        #expect(server.frames(.ping).last?.flags == Raw.acknowledgement)
        #expect(!server.isClosed)
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
