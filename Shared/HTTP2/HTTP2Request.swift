/// A request whose header and body have arrived completely.
///
/// It is borrowed for the time of ``HTTP2RequestHandler/respond(to:with:)`` and cannot be kept:
/// its bytes lie in the connection's own memory. What is taken out of it (strings, fields, the
/// body) is the taker's.
public struct HTTP2Request: ~Copyable {
    let stream: ServerStreamReference

    init(_ stream: ServerStreamReference) {
        self.stream = stream
    }

    /// The methods that are told apart without making a string.
    public enum Method: Sendable {
        case get, head, post, put, patch, delete, options
        /// Anything else: see ``HTTP2Request/methodName``.
        case other
    }

    /// The method.
    public var method: Method {
        let bytes = self.stream.pointee.method.bytes(in: self.stream.pointee.fields.bytes)
        switch bytes.count {
        case 3 where bytes.isEqual(to: "GET"): return .get
        case 3 where bytes.isEqual(to: "PUT"): return .put
        case 4 where bytes.isEqual(to: "POST"): return .post
        case 4 where bytes.isEqual(to: "HEAD"): return .head
        case 5 where bytes.isEqual(to: "PATCH"): return .patch
        case 6 where bytes.isEqual(to: "DELETE"): return .delete
        case 7 where bytes.isEqual(to: "OPTIONS"): return .options
        default: return .other
        }
    }

    /// The method as sent.
    public var methodName: String { self.text(self.stream.pointee.method) }

    /// The scheme as sent, `http` or `https` from any sane client.
    public var scheme: String { self.text(self.stream.pointee.scheme) }

    /// The authority: `:authority`, or `host` where that is absent.
    public var authority: String {
        let stream = self.stream.pointee
        return self.text(stream.authority.length > 0 ? stream.authority : stream.host)
    }

    /// The path with its query, as sent: neither decoded nor normalised.
    public var path: String { self.text(self.stream.pointee.path) }

    /// The header fields, without pseudo-header fields; copied out on every call.
    public var fields: HTTP2Fields {
        HTTP2Fields(
            bytes: self.stream.pointee.fields.bytes, count: self.stream.pointee.fields.count
        ).withoutPseudoFields()
    }

    /// Who sent it.
    public var peer: HTTP2Peer { self.stream.pointee.core.pointee.peer }

    /// Takes the body out of the request; asking again gives nothing.
    public func takeBody() -> [UInt8] {
        let body = self.stream.pointee.body
        self.stream.pointee.body = []
        return body
    }

    /// How long the body is, as long as it has not been taken.
    public var bodyCount: Int { self.stream.pointee.body.count }

    /// Calls `body` with the bytes of the path.
    @inline(__always)
    public func withUnsafePath<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result {
        let bytes = self.stream.pointee.path.bytes(in: self.stream.pointee.fields.bytes)
        return try body(bytes.assumingMemoryBound(to: UInt8.self))
    }

    /// Calls `body` with the bytes of every field in order, pseudo-header fields included.
    @inline(__always)
    public func withUnsafeFields(
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Void
    ) {
        FieldStorage.forEach(in: self.stream.pointee.fields.bytes, body)
    }

    private func text(_ range: FieldRange) -> String {
        String(decoding: range.bytes(in: self.stream.pointee.fields.bytes), as: UTF8.self)
    }
}

extension HTTP2Fields {
    /// Pseudo-header fields come first: everything from the first other field on.
    func withoutPseudoFields() -> HTTP2Fields {
        self.bytes.withUnsafeBytes { raw in
            var offset = 0
            var count = self.count
            while offset < raw.count {
                let field = FieldStorage.field(in: raw, at: offset)
                guard field.name.first == UInt8(ascii: ":") else { break }
                offset = field.next
                count -= 1
            }
            return HTTP2Fields(
                bytes: UnsafeRawBufferPointer(rebasing: raw[offset...]), count: count)
        }
    }
}
