import CBOR
import HTTP2
import NIOCore
import RPC

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
        return .message(response.body, try self.metadata(of: response.fields))
    }

    /// The messages of a streamed answer.
    ///
    /// - Throws: the error the peer, or a proxy on the way, answered with before the first message.
    static func messages(
        of stream: HTTP2ClientStream, messageBytesMax: Int, until deadline: NIODeadline?,
        pump: RequestPump?
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
        let reader = SequenceReader(
            stream, messageBytesMax: messageBytesMax, deadline: deadline, pump: pump)
        return reader.messages(leading: try self.metadata(of: stream.fields))
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
        let pushback = self.pushback(fields.first("rpc-retry-pushback-ms"))
        let metadata = (try? RPCMetadata(from: fields)) ?? RPCMetadata()
        if body.count <= CarrierBounds.errorBytesMax,
            let decoded = try? CBORDecoder().decode(RPCErrorBody.self, from: body)
        {
            return decoded.error(pushback: pushback, metadata: metadata)
        }
        return RPCError(
            RPCError.Code(rawValue: text) ?? .unknown, "status \(status) without particulars",
            retryPushbackMilliseconds: pushback, metadata: metadata)
    }

    /// How long the peer asks to wait; what cannot be read means never (gRPC proposal A6).
    static func pushback(_ text: String?) -> Int? {
        guard let text else { return nil }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let isNumber = !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isNumber, let number = Int(text), number >= 0 else { return -1 }
        return number
    }

    /// What an answer's fields say; nothing, nearly always.
    private static func metadata(of fields: HTTP2Fields) throws -> RPCMetadata {
        // The content type is always there.
        fields.count > 1 ? try RPCMetadata(from: fields) : RPCMetadata()
    }

    /// A failure of the connection as callers see it.
    ///
    /// The caller's own clock decides what a reset after the deadline means: servers keep the
    /// deadline too, and may be first to act on it.
    static func failure(_ error: HTTP2ClientError, until deadline: NIODeadline?) -> any Error {
        switch error {
        case .reset where deadline.map { $0 <= .now() } ?? false:
            RPCError(.deadlineExceeded, "the deadline has passed")
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
