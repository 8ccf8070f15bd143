import CBOR
import HTTP2
import RPC
import Synchronization

/// What responses mean to a caller.
enum RPCResponses {
    /// The message of a unary answer.
    ///
    /// - Throws: the error the peer, or a proxy on the way, answered with.
    static func message(of response: HTTP2ClientResponse) throws -> RPCAnswer {
        guard response.status == 200 else {
            throw self.error(response.status, response.fields, response.body)
        }
        guard response.fields.has("content-type", equalTo: "application/cbor") else {
            throw RPCError(.internal, "the peer answered with another content type than CBOR")
        }
        return .message(response.body)
    }

    /// The messages of a streamed answer.
    ///
    /// - Throws: the error the peer, or a proxy on the way, answered with before the first message.
    static func messages(
        of stream: HTTP2ClientStream, messageBytesMax: Int
    ) async throws -> RPCMessages {
        guard stream.status == 200 else {
            var body: [UInt8] = []
            while let piece = try await stream.next(), body.count < CarrierBounds.errorBytesMax {
                body.append(contentsOf: piece)
            }
            throw self.error(stream.status, stream.fields, body)
        }
        guard stream.fields.has("content-type", equalTo: "application/cbor-seq") else {
            throw RPCError(.internal, "the peer answered with another content type than a sequence")
        }
        let reader = SequenceReader(stream, messageBytesMax: messageBytesMax)
        return RPCMessages { try await reader.next() }
    }

    /// The error of an answer that is not 200.
    private static func error(
        _ status: Int, _ fields: HTTP2Fields, _ body: [UInt8]
    ) -> RPCError {
        guard let text = fields.first("rpc-code") else {
            return RPCError(
                RPCError.Code(statusFromProxy: status),
                "answered with status \(status) by something on the way")
        }
        let pushback = fields.first("rpc-retry-pushback-ms").map { Int($0) ?? -1 }
        if body.count <= CarrierBounds.errorBytesMax,
            let decoded = try? CBORDecoder().decode(RPCErrorBody.self, from: body)
        {
            return decoded.error(pushback: pushback)
        }
        return RPCError(
            RPCError.Code(rawValue: text) ?? .unknown, "status \(status) without particulars",
            retryPushbackMilliseconds: pushback)
    }

    /// A failure of the connection as callers see it.
    static func failure(_ error: HTTP2ClientError) -> any Error {
        switch error {
        case .notProcessed(let reason): CarryFailure(RPCError(.unavailable, reason))
        case .connectionLost(let reason): RPCError(.unavailable, reason)
        case .reset(let code): self.failure(resetCode: code)
        case .timedOut: RPCError(.deadlineExceeded, "the deadline has passed")
        case .responseTooLarge: RPCError(.resourceExhausted, "the answer is over the limit")
        }
    }

    /// The codes of RFC 9113 section 7.
    private static func failure(resetCode: UInt32) -> RPCError {
        switch resetCode {
        case 0x8: RPCError(.canceled, "the peer cancelled the call")
        case 0xb: RPCError(.resourceExhausted, "the peer asks for calm")
        case 0xc: RPCError(.permissionDenied, "the peer wants better encryption")
        default: RPCError(.internal, "the peer reset the stream with code \(resetCode)")
        }
    }
}

/// Reads the items of a streamed answer, one caller at a time.
private final class SequenceReader: Sendable {
    private struct State {
        var parser: RPCSequenceParser
        var isEnded = false
    }

    private let stream: HTTP2ClientStream
    private let state: Mutex<State>

    init(_ stream: HTTP2ClientStream, messageBytesMax: Int) {
        self.stream = stream
        self.state = Mutex(State(parser: RPCSequenceParser(messageBytesMax: messageBytesMax)))
    }

    func next() async throws -> [UInt8]? {
        while true {
            let event = try self.state.withLock { state -> RPCSequenceParser.Event? in
                state.isEnded ? nil : try state.parser.next()
            }
            switch event {
            case nil: return nil
            case .message(let message): return message
            case .end:
                try await self.end()
                return nil
            case .needsMore:
                guard let piece = try await self.pull() else {
                    throw RPCError(.internal, "the stream was cut short")
                }
                self.state.withLock { $0.parser.append(piece) }
            }
        }
    }

    /// Reads the end map, which is the rest of the body, and throws the error it may carry.
    private func end() async throws {
        var body = self.state.withLock { state in
            state.isEnded = true
            return state.parser.rest
        }
        while let piece = try await self.pull() {
            body.append(contentsOf: piece)
            guard body.count <= CarrierBounds.errorBytesMax else { break }
        }
        guard let end = try? CBORDecoder().decode(RPCEndMap.self, from: body) else {
            throw RPCError(.internal, "the stream's end cannot be read")
        }
        if let error = end.error { throw error }
    }

    private func pull() async throws -> [UInt8]? {
        do {
            return try await self.stream.next()
        } catch let error as HTTP2ClientError {
            if case .notProcessed(let reason) = error { throw RPCError(.unavailable, reason) }
            throw RPCResponses.failure(error)
        }
    }
}
