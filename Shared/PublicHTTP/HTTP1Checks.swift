import HTTP2
import JSONAPI
import NIOHTTP1

/// What an HTTP/1.1 head must be beyond what the parser checks, so that no two readers of it can
/// differ about whose request this is and where it ends (RFC 9112, sections 3.2, 6 and 11.2).
enum HTTP1Checks {
    /// A head that may be acted upon.
    struct Head {
        /// The method.
        let method: String
        /// The path with its query: absolute forms are reduced to it.
        let target: String
        /// The header fields, names in lower case.
        let fields: HTTP2Fields
        /// The announced length of the body, if it was announced.
        let contentLength: Int?
        /// Whether a `100 Continue` is waited for.
        let expectsContinue: Bool
    }

    /// Checks a head.
    ///
    /// - Throws: `APIError` 400, 414, 417, 431 or 501; the connection must be closed after it.
    static func check(
        _ head: HTTPRequestHead, limits: PublicLimits
    ) throws(APIError) -> Head {
        guard head.uri.utf8.count <= limits.targetBytesMax else { throw Refusal.targetTooLong }
        try self.checkSize(of: head.headers, limits: limits)
        try self.checkFraming(head)
        let host = try self.host(of: head)
        let target = try self.originForm(head.uri, host: host)
        let expectations = head.headers["expect"]
        guard expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else {
            throw Refusal.unmetExpectation
        }
        var fields = HTTP2Fields()
        for (name, value) in head.headers { fields.append(name.lowercased(), value) }
        return Head(
            method: head.method.rawValue, target: target, fields: fields,
            contentLength: head.headers.first(name: "content-length").flatMap { Int($0) },
            expectsContinue: !expectations.isEmpty && head.version == .http1_1)
    }

    private static func checkSize(
        of headers: HTTPHeaders, limits: PublicLimits
    ) throws(APIError) {
        var bytes = 0
        for (name, value) in headers {
            let size = name.utf8.count + value.utf8.count
            guard size <= limits.headerFieldBytesMax else { throw Refusal.headersTooLarge }
            bytes += size
        }
        guard bytes <= limits.headerBytesMax, headers.count <= limits.headerFieldsMax else {
            throw Refusal.headersTooLarge
        }
    }

    private static func checkFraming(_ head: HTTPRequestHead) throws(APIError) {
        let codings = head.headers["transfer-encoding"]
        if codings.isEmpty { return }
        guard codings.count == 1, codings[0].lowercased() == "chunked",
            head.version == .http1_1, !head.headers.contains(name: "content-length")
        else { throw Refusal.unsupportedTransferEncoding }
    }

    private static func host(of head: HTTPRequestHead) throws(APIError) -> String? {
        let hosts = head.headers["host"]
        if hosts.isEmpty, head.version != .http1_1 { return nil }
        guard hosts.count == 1, self.isHost(hosts[0]) else { throw Refusal.hostMismatch }
        return hosts[0]
    }

    private static func isHost(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                true
            default: false
            }
        }
    }

    /// The path and query of a target; an absolute form must name the host of the header.
    private static func originForm(
        _ target: String, host: String?
    ) throws(APIError) -> String {
        if target.hasPrefix("/") || target == "*" { return target }
        guard let separator = target.firstRange(of: "://") else { throw Refusal.malformedRequest }
        let scheme = target[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { throw Refusal.malformedRequest }
        let rest = target[separator.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let host, authority.lowercased() == host.lowercased() else {
            throw Refusal.hostMismatch
        }
        let path = rest.dropFirst(authority.count)
        return path.hasPrefix("/") ? String(path) : "/" + path
    }
}
