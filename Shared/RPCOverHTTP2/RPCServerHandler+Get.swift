import CBOR
import Crypto
import HTTP2
import RPC

/// Everything but a POST to a known path: GETs of safe methods, and refusals.
extension RPCServerHandler {
    func respondUnusual(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        let path = request.path
        let parts = path.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let route = Array(parts[0].utf8).withUnsafeBufferPointer {
            self.router.route(ofPath: $0)
        }
        guard let route, request.method != .post else {
            return RPCAnswers.send(RPCError(.unimplemented, "no method \(path)"), responder)
        }
        let declaration = self.router.declaration(ofRoute: route)
        let allowsGet = declaration.kind == .unary && declaration.repetition == .safe
        guard request.method == .get, allowsGet else {
            return RPCAnswers.wrongMethod(allow: allowsGet ? "GET, POST" : "POST", responder)
        }
        var fields = RPCRequestFields()
        request.withUnsafeFields { fields.take($0, $1) }
        guard fields.isVersionKnown else { return RPCAnswers.unknownVersion(responder) }
        do {
            let body = try self.message(ofQuery: parts.count == 2 ? parts[1] : "")
            try await self.answerGet(route, body, fields, responder)
        } catch {
            self.fail(error, responder)
        }
    }

    /// The message of a GET.
    ///
    /// It has one form only, so that a cache finds what it knows: base64url without padding, and
    /// deterministic CBOR (RFC 8949 section 4.2).
    ///
    /// - Throws: `invalid_argument`, `resource_exhausted` when it is over the limit.
    private func message(ofQuery query: Substring) throws -> [UInt8] {
        guard query.hasPrefix("m="), let body = Base64.url.decode(query.dropFirst(2).utf8) else {
            throw RPCError(.invalidArgument, "a GET carries its message as ?m=<base64url>")
        }
        guard query.utf8.count - 2 <= self.limits.getMessageBytesMax else {
            throw RPCError(
                .resourceExhausted,
                "a GET's message has \(self.limits.getMessageBytesMax) characters at most")
        }
        let value: CBORValue
        do {
            value = try CBORDecoder().decode(CBORValue.self, from: body)
        } catch {
            throw RPCError(.invalidArgument, "a GET's message is one CBOR item: \(error)")
        }
        guard try CBOREncoder().encode(value) == body else {
            throw RPCError(.invalidArgument, "a GET's message is deterministic CBOR")
        }
        return body
    }

    private func answerGet(
        _ route: Int, _ body: [UInt8], _ fields: RPCRequestFields,
        _ responder: borrowing HTTP2Responder
    ) async throws {
        let now = MonotonicInstant.now
        let context = try self.context(of: fields, route, now, responder)
        let reply = try await self.router.answer(
            route: route, body: body, context: context, now: now)
        guard case .message(let message, let metadata) = reply else {
            throw RPCError(.internal, "internal error")
        }
        let tag = EntityTag.of(message)
        // What is answered depends on who asks; a cache may keep it and has to ask whether it holds.
        var answer = HTTP2Response(
            status: 200,
            fields: ["etag": tag, "cache-control": "private, no-cache", "vary": "authorization"])
        if metadata.problem != nil { throw RPCError.unsendableMetadata }
        metadata.append(to: &answer.fields)
        if EntityTag.matches(tag, fields.ifNoneMatch) {
            answer.status = 304
        } else {
            answer.fields.append("content-type", "application/cbor")
            answer.body = message
        }
        try responder.send(answer)
    }
}

/// Strong entity tags of answers (RFC 9110 section 8.8.3).
enum EntityTag {
    /// The tag of a body: equal bodies have equal tags.
    static func of(_ body: [UInt8]) -> String {
        "\"\(Base64.url.encode(SHA256.hash(data: body).prefix(CarrierBounds.entityTagBytes)))\""
    }

    /// Whether an `if-none-match` field names a tag; compared weakly (RFC 9110 section 13.1.2).
    static func matches(_ tag: String, _ field: String?) -> Bool {
        guard let field else { return false }
        if field == "*" { return true }
        return field.split(separator: ",").contains { candidate in
            let known = candidate.drop { $0 == " " }
            let opaque = known.hasPrefix("W/") ? known.dropFirst(2) : known
            return opaque.prefix { $0 != " " } == tag
        }
    }
}
