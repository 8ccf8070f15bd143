import CBOR
import HTTP2
import RPC

/// The answers that every server gives, their heads made once.
enum RPCAnswers {
    /// The head of a message.
    static let message = HTTP2HeaderBlock(
        status: 200, fields: ["content-type": "application/cbor"])
    /// The head of a message that was stored when the call was made before.
    static let replay = HTTP2HeaderBlock(
        status: 200, fields: ["content-type": "application/cbor", "rpc-replayed": "1"])
    /// The head of a streamed answer.
    static let sequence = HTTP2HeaderBlock(
        status: 200, fields: ["content-type": "application/cbor-seq"])

    private static let errors: [RPCError.Code: HTTP2HeaderBlock] = Dictionary(
        uniqueKeysWithValues: RPCError.Code.allCases.map { code in
            (code, HTTP2HeaderBlock(status: code.httpStatus, fields: RPCAnswers.fields(code)))
        })

    private static func fields(_ code: RPCError.Code) -> HTTP2Fields {
        ["content-type": "application/cbor", "rpc-code": code.rawValue]
    }

    /// Answers with what was thrown; a request over its method's limit is 413.
    static func send(_ error: any Error, _ responder: borrowing HTTP2Responder) {
        if let error = error as? MessageTooLarge, error.isRequest {
            try? responder.send(self.response(error.rpcError, status: 413))
        } else {
            self.send(RPCError(sending: error), responder)
        }
    }

    /// Answers a call that has an idempotency key.
    ///
    /// Errors are as they were the first time; a stored answer says so in `rpc-replayed: 1`.
    static func send(
        _ error: any Error, isReplay: Bool, _ responder: borrowing HTTP2Responder
    ) {
        guard isReplay else { return self.send(error, responder) }
        let crossing = RPCError(sending: error)
        var response = self.response(crossing, status: crossing.code.httpStatus)
        response.fields.append("rpc-replayed", "1")
        try? responder.send(response)
    }

    /// Answers with an error under its own status.
    static func send(_ error: RPCError, _ responder: borrowing HTTP2Responder) {
        let response = self.response(error, status: error.code.httpStatus)
        if error.retryPushbackMilliseconds == nil, error.metadata.isEmpty,
            let head = self.errors[error.code]
        {
            responder.send(head, body: response.body)
        } else {
            try? responder.send(response)
        }
    }

    /// An error under any status.
    static func response(_ error: RPCError, status: Int) -> HTTP2Response {
        var fields = self.fields(error.code)
        if let pushback = error.retryPushbackMilliseconds {
            fields.append("rpc-retry-pushback-ms", String(pushback))
        }
        error.metadata.append(to: &fields)
        let body = (try? CBOREncoder().encode(RPCErrorBody(error))) ?? []
        return HTTP2Response(status: status, fields: fields, body: body)
    }

    /// Answers with a message, and what the handler said beside it in the head.
    @inline(__always)
    static func send(
        _ body: [UInt8], _ metadata: RPCMetadata, under head: HTTP2HeaderBlock,
        _ responder: borrowing HTTP2Responder
    ) {
        if metadata.isEmpty {
            responder.send(head, body: body)
        } else {
            self.send(body, saying: metadata, under: head, responder)
        }
    }

    private static func send(
        _ body: [UInt8], saying metadata: RPCMetadata, under head: HTTP2HeaderBlock,
        _ responder: borrowing HTTP2Responder
    ) {
        var fields = HTTP2Fields()
        metadata.append(to: &fields)
        do {
            if metadata.problem != nil { throw HTTP2ResponseError.malformedField("metadata") }
            try responder.send(head, fields: fields, body: body)
        } catch {
            self.send(.unsendableMetadata, responder)
        }
    }

    static func wrongContentType(isUnary: Bool, _ responder: borrowing HTTP2Responder) {
        let type = isUnary ? "application/cbor" : "application/cbor-seq"
        var response = self.response(
            RPCError(.invalidArgument, "the content type must be \(type)"), status: 415)
        response.fields.append("accept-post", type)
        try? responder.send(response)
    }

    static func wrongMethod(allow: String, _ responder: borrowing HTTP2Responder) {
        var response = self.response(
            RPCError(.unimplemented, "the method is called with \(allow)"), status: 405)
        response.fields.append("allow", allow)
        try? responder.send(response)
    }

    static func unknownVersion(_ responder: borrowing HTTP2Responder) {
        var response = self.response(
            RPCError(.unimplemented, "rpc-version is not one this server speaks"), status: 400)
        response.fields.append("rpc-accept-versions", "1")
        try? responder.send(response)
    }
}
