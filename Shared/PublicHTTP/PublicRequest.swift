public import HTTP2
public import Identifiers
public import JSONAPI

/// A request that was routed, authenticated and checked against what its route declares.
public struct PublicRequest: Sendable {
    /// The operation.
    public let route: Route
    /// The path as sent, without the query.
    public let path: String
    /// What fills the holes of the route's path, decoded, in their order.
    public let parameters: [String]
    /// The query.
    public let query: QueryParameters
    /// The header fields, names in lower case.
    public let fields: HTTP2Fields
    /// The body as sent; empty when there is none.
    public let body: [UInt8]
    /// The body read as JSON, where the route takes JSON and the request has a body.
    public let json: JSON?
    /// Who asks; `nil` only where the route needs no authentication.
    public let principal: Principal?
    /// What this request is called in logs and in the answer's `x-request-id`.
    public let requestID: String
    /// The session that the request's cookie names, where it has proven who asks.
    public let session: SessionToken?
    /// Where the connection comes from.
    let connection: RequestOrigin
    /// The addresses whose word on where a request comes from counts.
    let trustedProxies: Set<String>

    /// What this request is called in logs, in the task that handles it.
    @TaskLocal public static var currentID: String?
}

extension PublicRequest {
    /// The client's IP address; a trusted proxy's word counts.
    public var clientAddress: String? { self.origin.address }

    /// Whether the client's own connection is encrypted; a trusted proxy's word counts.
    public var isSecure: Bool { self.origin.isSecure }

    private var origin: RequestOrigin {
        self.connection.resolved(self.fields, trusting: self.trustedProxies)
    }

    /// What fills the hole of that name in the path; empty when the route has no such hole.
    public func parameter(_ name: String) -> String {
        let index = self.route.path.parameterNames.firstIndex(of: name)
        return index.map { self.parameters[$0] } ?? ""
    }

    /// The identifier that fills the hole of that name.
    ///
    /// - Parameter noun: What is said not to exist, for example `Contract`.
    /// - Throws: 404 when it is not an identifier: there is no such thing then.
    public func identifier<Kind>(
        _ name: String, _ noun: String, as: Identifier<Kind>.Type = Identifier<Kind>.self
    ) throws(APIError) -> Identifier<Kind> {
        guard let identifier = Identifier<Kind>(self.parameter(name)) else {
            throw APIError.notFound("\(noun) is not found")
        }
        return identifier
    }

    /// Whether the client asks for this media type by name, rather than for a document.
    ///
    /// For operations that declare both; a header that names neither is refused before.
    public func prefers(_ mediaType: String) -> Bool {
        DocumentForm.isNamed(mediaType, in: self.fields.first("accept"))
    }

    /// Who asks.
    ///
    /// - Throws: 401 on a route without authentication.
    public func caller() throws(APIError) -> Principal {
        guard let principal = self.principal else { throw Refusal.unauthenticated }
        return principal
    }

    /// The resource the body speaks of.
    ///
    /// - Throws: 400 naming what is missing.
    public func resource() throws(APIError) -> ResourceBody {
        guard let json = self.json else {
            throw APIError(400, "missing", "The request has no body.", source: .pointer(""))
        }
        return try ResourceBody(json)
    }

    /// The key under which the client may repeat this very request; in quotation marks, as
    /// draft-ietf-httpapi-idempotency-key-header-07 has it, or without, as most clients send it.
    ///
    /// - Throws: 400 when the header is not 1 to 128 visible ASCII characters.
    public func idempotencyKey() throws(APIError) -> String? {
        guard var key = self.fields.first("idempotency-key") else { return nil }
        if key.count > 2, key.hasPrefix("\""), key.hasSuffix("\"") {
            key = String(key.dropFirst().dropLast())
        }
        guard RequestName.isSane(key) else {
            throw APIError(
                400, "invalid_header", "Idempotency-Key must be 1 to 128 visible characters.",
                source: .header("Idempotency-Key"))
        }
        return key
    }

    /// Refuses a change to something that is no longer what the client saw (RFC 9110, 13.1.1).
    ///
    /// - Parameter entityTag: The current tag without quotation marks.
    /// - Throws: 412 when there is an `If-Match` header that does not name the tag.
    public func checkIfMatch(_ entityTag: String) throws(APIError) {
        guard let header = self.fields.first("if-match") else { return }
        guard EntityTags(header).matchStrongly(entityTag) else {
            throw APIError(
                412, "precondition_failed",
                "It was changed since; read it again. The current ETag is \"\(entityTag)\".",
                source: .header("If-Match"))
        }
    }
}
