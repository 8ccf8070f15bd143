import CNghttp2
public import NIOCore

/// The head of a request that is made once and sent often.
///
/// Sending it copies nothing; it must not be made for each request where that can be avoided.
public final class HTTP2RequestHead: @unchecked Sendable {
    // The memory is written in `init`, read afterwards, and freed in `deinit`: any thread may read.
    let entries: UnsafeMutablePointer<nghttp2_nv>
    let count: Int
    private let bytes: UnsafeMutableRawBufferPointer

    /// Makes a head.
    ///
    /// - Parameter fields: sent with every request, for example `content-type` and `authorization`;
    ///   the latter is kept out of the compression tables (RFC 7541 section 7.1.3).
    /// - Throws: ``HTTP2ResponseError/malformedField(_:)``.
    public init(
        method: String, scheme: String, authority: String, path: String,
        fields: HTTP2Fields = [:]
    ) throws(HTTP2ResponseError) {
        try FieldRules.check(fields)
        var all: HTTP2Fields = [
            ":method": method, ":scheme": scheme, ":authority": authority, ":path": path,
        ]
        for (name, value) in all where !FieldRules.isValid(name: "x", value: value) {
            throw .malformedField(name)
        }
        for (name, value) in fields { all.append(name, value) }
        self.count = all.count
        self.entries = .allocate(capacity: all.count)
        self.bytes = .allocate(byteCount: all.bytes.count, alignment: 8)
        self.bytes.copyBytes(from: all.bytes)
        var entry = self.entries
        FieldStorage.forEach(in: UnsafeRawBufferPointer(self.bytes)) { name, value in
            let isSecret = name.isEqual(to: "authorization") || name.isEqual(to: "cookie")
            entry.initialize(
                to: nghttp2_nv(
                    name: UnsafeMutablePointer(
                        mutating: name.assumingMemoryBound(to: UInt8.self).baseAddress),
                    value: UnsafeMutablePointer(
                        mutating: value.assumingMemoryBound(to: UInt8.self).baseAddress),
                    namelen: name.count, valuelen: value.count,
                    flags: Nghttp2.noCopyField | (isSecret ? Nghttp2.noIndexField : 0)))
            entry += 1
        }
    }

    deinit {
        self.entries.deallocate()
        self.bytes.deallocate()
    }
}

/// A request of a client.
public struct HTTP2ClientRequest: Sendable {
    /// What is the same for many requests.
    public var head: HTTP2RequestHead
    /// Further fields of this one; they are sent as literals that enter no table.
    public var fields: HTTP2Fields
    /// The body.
    public var body: [UInt8]
    /// When the response stops being of use: the call fails then with ``HTTP2ClientError/timedOut``.
    public var deadline: NIODeadline?

    /// Makes a request.
    public init(
        head: HTTP2RequestHead, fields: HTTP2Fields = [:], body: [UInt8] = [],
        deadline: NIODeadline? = nil
    ) {
        self.head = head
        self.fields = fields
        self.body = body
        self.deadline = deadline
    }
}

/// Why a client got no response, besides ``HTTP2ResponseError/malformedField(_:)`` and cancellation.
public enum HTTP2ClientError: Error, Hashable, Sendable {
    /// The server provably did nothing: the call may be repeated, whatever it does.
    case notProcessed(String)
    /// The connection ended after the request was sent: it may have been carried out.
    case connectionLost(String)
    /// The server reset the stream, with this code (RFC 9113 section 7).
    case reset(code: UInt32)
    /// The request's deadline came first.
    case timedOut
    /// The response is over a limit of the client.
    case responseTooLarge
}
