/// What a server does with the requests of one connection.
///
/// A listener makes one handler for each connection (they may all be the same value), so what a
/// peer proved once can be remembered with it.
///
/// `respond` runs on the connection's event loop, without a thread hop as long as it does not
/// suspend. It must not block. When the peer resets the stream or the connection ends, the task
/// that runs `respond` is cancelled; a request whose stream is already gone is never started.
public protocol HTTP2RequestHandler: Sendable {
    /// Answers one request whose body has arrived completely, or arrives meanwhile.
    ///
    /// Answer exactly once with one of the responder's `send` methods, or `start` and any number
    /// of `write`s. Returning without having answered, or throwing before it, answers with
    /// `refusal(.handlerFailed)`; throwing after `start` resets the stream, so that what was sent
    /// is never taken for a whole.
    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws

    /// Whether `respond` is to be called with the first piece of this request's body, and takes the
    /// rest as it arrives (``HTTP2Request/takeBodyPieces()``); by default not.
    ///
    /// Called on the event loop, from inside the processing of frames, for requests whose body did
    /// not arrive in one frame. Such a body may be of any length; what of it waits to be taken is
    /// bounded by the windows, and its stream is reset when the connections of a listener hold as much
    /// as they may (``HTTP2Limits/allHeldBodyBytesMax``). A handler that answers before its end makes
    /// the connection tell the peer to stop (RFC 9113 section 8.1).
    func streamsBody(of request: borrowing HTTP2Request) -> Bool

    /// What a request is told that never reaches `respond`.
    ///
    /// Called on the event loop, from inside the processing of frames: it must be quick.
    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response
}

extension HTTP2RequestHandler {
    /// Takes every request whole.
    public func streamsBody(of request: borrowing HTTP2Request) -> Bool { false }
}

/// Why a request never reaches its handler.
public enum HTTP2Refusal: Sendable, Hashable, CaseIterable {
    /// As many handlers run on the connection, or as much is held for them on it or on all, as may.
    /// Usually 503.
    case overloaded
    /// The body is over its limit. Usually 413.
    case bodyTooLarge
    /// The header list is over its limit. Usually 431.
    case headersTooLarge
    /// `:authority` and `host` differ, or name a user (RFC 9113 section 8.3.1). Usually 400.
    case authorityMismatch
    /// A scheme other than `http` and `https`. Usually 400.
    case unknownScheme
    /// CONNECT, which nobody serves here. Usually 405.
    case methodNotAllowed
    /// The body came too slowly. Usually 408.
    case bodyTooSlow
    /// The handler ended without an answer. Usually 500.
    case handlerFailed

    /// The HTTP status that fits.
    public var status: Int {
        switch self {
        case .overloaded: 503
        case .bodyTooLarge: 413
        case .headersTooLarge: 431
        case .authorityMismatch, .unknownScheme: 400
        case .methodNotAllowed: 405
        case .bodyTooSlow: 408
        case .handlerFailed: 500
        }
    }
}

/// A whole response.
public struct HTTP2Response: Sendable, Hashable {
    /// The status, 200 to 599.
    public var status: Int
    /// The header fields, without pseudo-header fields.
    public var fields: HTTP2Fields
    /// The body.
    public var body: [UInt8]

    /// Makes a response.
    public init(status: Int, fields: HTTP2Fields = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }
}

/// Who is at the other end of a connection.
public struct HTTP2Peer: Sendable, Hashable {
    /// How the peer is connected.
    public enum Transport: Sendable, Hashable {
        /// A Unix socket in the file system.
        case unixSocket
        /// TCP; the textual address without the port.
        case tcp(address: String)
        /// Neither: a channel made by a test.
        case other
    }

    /// How the peer is connected.
    public var transport: Transport
    /// The names of the certificate the peer proved (DNS names of its subject alternative names).
    ///
    /// Empty without TLS, and without a certificate.
    public var certificateNames: [String]
    /// Whether the connection is encrypted.
    public var isEncrypted: Bool

    /// Makes a peer.
    public init(
        transport: Transport, certificateNames: [String] = [], isEncrypted: Bool = false
    ) {
        self.transport = transport
        self.certificateNames = certificateNames
        self.isEncrypted = isEncrypted
    }
}
