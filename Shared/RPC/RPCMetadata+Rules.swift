/// What may be said as metadata.
extension RPCMetadata {
    /// Whether a field of this name is metadata, rather than HTTP's or this protocol's own.
    public static func isOpen(_ name: String) -> Bool {
        !name.hasPrefix("rpc-") && !self.reserved.contains(name)
    }

    /// Names with a meaning of their own in a request or an answer.
    private static let reserved: Set<String> = [
        "accept", "accept-encoding", "accept-language", "accept-post", "age", "allow",
        "authorization", "cache-control", "connection", "content-encoding", "content-length",
        "content-type", "cookie", "date", "etag", "expect", "forwarded", "host",
        "idempotency-key", "if-match", "if-modified-since", "if-none-match", "keep-alive",
        "location", "origin", "priority", "proxy-authorization", "proxy-connection", "range",
        "referer", "retry-after", "server", "set-cookie", "te", "traceparent", "tracestate",
        "trailer", "transfer-encoding", "upgrade", "user-agent", "vary", "via",
        "www-authenticate",
    ]

    /// Why this may not be sent; `nil` when it may.
    public var problem: Problem? {
        var bytes = 0
        for entry in self.entries {
            if let problem = entry.problem { return .malformed(problem) }
            bytes += entry.byteCount
        }
        guard bytes <= RPCLimits.metadataBytesMax else {
            return .tooLarge(
                "the metadata has \(bytes) bytes; \(RPCLimits.metadataBytesMax) are allowed")
        }
        return nil
    }

    /// Why metadata may not be sent.
    public enum Problem: Hashable, Sendable {
        /// A name or a value that is not allowed.
        case malformed(String)
        /// More than ``RPCLimits/metadataBytesMax``.
        case tooLarge(String)

        /// The problem as whoever sent the metadata is told it.
        public var error: RPCError {
            switch self {
            case .malformed(let reason): RPCError(.invalidArgument, reason)
            case .tooLarge(let reason): RPCError(.resourceExhausted, reason)
            }
        }
    }

    /// Throws the problem that a caller's metadata has.
    func check() throws {
        if let problem = self.problem { throw problem.error }
    }
}

extension RPCMetadata.Entry {
    /// The name and the value, as they are sent.
    fileprivate var byteCount: Int {
        switch self.value {
        case .text(let text): self.name.utf8.count + text.utf8.count
        case .bytes(let bytes): self.name.utf8.count + (bytes.count + 2) / 3 * 4
        }
    }

    fileprivate var problem: String? {
        guard !self.name.isEmpty, self.name.utf8.allSatisfy(Self.isTokenByte) else {
            return "\(self.name.debugDescription) is not a lower-case name for metadata"
        }
        guard RPCMetadata.isOpen(self.name) else { return "\(self.name) is not for metadata" }
        switch self.value {
        case .text(let text):
            if self.name.hasSuffix("-bin") { return "\(self.name) takes bytes" }
            let isPrintable = text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
            guard isPrintable, text.utf8.first != 0x20, text.utf8.last != 0x20 else {
                return "the value of \(self.name) is not printable ASCII"
            }
        case .bytes:
            if !self.name.hasSuffix("-bin") {
                return "\(self.name) takes text: the names of bytes end in -bin"
            }
        }
        return nil
    }

    /// RFC 9110 section 5.6.2, without capitals.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
