public import HTTP2
public import JSONAPI

/// What a handler answers.
public struct PublicResponse: Sendable {
    /// The body.
    public enum Body: Sendable {
        /// None.
        case none
        /// A value, written as JSON or CBOR, as the client asked.
        case json(JSON)
        /// A JSON:API document, written likewise.
        case document(Document)
        /// A JSON:API document that has been written as JSON already.
        case written(WrittenDocument)
        /// Bytes of a media type, sent as they are.
        case bytes([UInt8], mediaType: String)
        /// Server-sent events, pulled as the client takes them.
        case events(ServerEvents)
        /// Bytes made as the client takes them.
        case stream(ByteStream)
    }

    /// The status, 200 to 599.
    public var status: Int
    /// Further header fields, names in lower case.
    public var fields: HTTP2Fields
    /// The body.
    public var body: Body
    /// The entity tag without quotation marks; becomes `ETag`, and a matching `If-None-Match`
    /// of a GET turns the answer into 304.
    public var entityTag: String?

    /// Makes an answer.
    public init(
        status: Int, fields: HTTP2Fields = [:], body: Body = .none, entityTag: String? = nil
    ) {
        self.status = status
        self.fields = fields
        self.body = body
        self.entityTag = entityTag
    }

    /// A JSON:API document.
    public static func document(
        _ document: Document, status: Int = 200, entityTag: String? = nil
    ) -> PublicResponse {
        PublicResponse(status: status, body: .document(document), entityTag: entityTag)
    }

    /// Any JSON value.
    public static func json(_ value: JSON, status: Int = 200) -> PublicResponse {
        PublicResponse(status: status, body: .json(value))
    }

    /// No body.
    public static func empty(_ status: Int = 204, fields: HTTP2Fields = [:]) -> PublicResponse {
        PublicResponse(status: status, fields: fields)
    }

    /// Bytes of a media type.
    public static func bytes(
        _ bytes: [UInt8], mediaType: String, status: Int = 200
    ) -> PublicResponse {
        PublicResponse(status: status, body: .bytes(bytes, mediaType: mediaType))
    }

    /// Server-sent events; the answer ends when the sequence does.
    public static func events<Events: AsyncSequence & Sendable>(
        _ events: Events
    ) -> PublicResponse where Events.Element == ServerEvent {
        PublicResponse(
            status: 200, fields: ["cache-control": "no-store"], body: .events(ServerEvents(events)))
    }
}
