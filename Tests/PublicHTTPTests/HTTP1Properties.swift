import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import PublicHTTP

/// What must hold of every HTTP/1.1 request that is acted upon, whatever bytes it came in.
enum HTTP1Properties {
    /// What is violated by an input, or `nil`.
    static func violation(of bytes: [UInt8]) -> String? {
        let whole = self.read(bytes, piece: bytes.count)
        for part in whole {
            if case .head(let head) = part, let violation = self.headViolation(head) {
                return violation
            }
        }
        // The parser may tell an error sooner when it sees more at once; requests are the same.
        let split = self.read(bytes, piece: 1)
        let count = min(whole.count, split.count)
        guard whole.prefix(count).map(\.summary) == split.prefix(count).map(\.summary) else {
            return "in pieces of 1 the requests are different"
        }
        return self.pathViolation(bytes) ?? self.fieldViolation(bytes)
    }

    /// What the parser and the checks make of bytes, as far as they accept them.
    private enum Part {
        case head(HTTPRequestHead)
        case body([UInt8])
        case end

        var summary: String {
            switch self {
            case .head(let head): "\(head)"
            case .body(let bytes): "\(bytes)"
            case .end: "end"
            }
        }
    }

    private static func read(_ bytes: [UInt8], piece: Int) -> [Part] {
        let channel = EmbeddedChannel()
        defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderListSize = 64 * 1024
        let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
            limitConfiguration: limits)
        var parts: [Part] = []
        do {
            try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
            var rest = bytes[...]
            while !rest.isEmpty {
                try channel.writeInbound(ByteBuffer(bytes: rest.prefix(piece)))
                rest = rest.dropFirst(piece)
                self.take(from: channel, &parts)
            }
        } catch {
            self.take(from: channel, &parts)
        }
        return parts
    }

    private static func take(from channel: EmbeddedChannel, _ parts: inout [Part]) {
        while let part = try? channel.readInbound(as: HTTPServerRequestPart.self) {
            switch part {
            case .head(let head): parts.append(.head(head))
            case .body(let buffer):
                // Pieces of a body are one body.
                if case .body(let before)? = parts.last {
                    parts[parts.count - 1] = .body(before + buffer.readableBytesView)
                } else {
                    parts.append(.body(Array(buffer.readableBytesView)))
                }
            case .end: parts.append(.end)
            }
        }
    }

    /// A head that is accepted has one meaning.
    private static func headViolation(_ head: HTTPRequestHead) -> String? {
        guard let checked = try? HTTP1Checks.check(head, limits: PublicLimits()) else { return nil }
        let fields = checked.fields
        func values(_ name: String) -> [String] {
            fields.filter { $0.name == name }.map(\.value)
        }
        guard fields.allSatisfy({ $0.name == $0.name.lowercased() }) else {
            return "a name in upper case"
        }
        let isSplit = fields.contains { field in
            (field.name + field.value).utf8.contains { $0 == 0x0d || $0 == 0x0a || $0 == 0 }
        }
        if isSplit { return "a field that could be two" }
        if head.version == .http1_1, values("host").count != 1 { return "not one host" }
        if values("host").contains(where: { $0.contains("@") }) { return "a user in the host" }
        let codings = values("transfer-encoding")
        if codings.count > 1 || codings.contains(where: { $0.lowercased() != "chunked" }) {
            return "a transfer coding other than chunked"
        }
        if !codings.isEmpty, head.version != .http1_1 { return "chunks before HTTP/1.1" }
        let lengths = values("content-length")
        if lengths.count > 1 || !lengths.isEmpty && !codings.isEmpty { return "two lengths" }
        if let length = lengths.first, checked.contentLength.map(String.init) != length,
            checked.contentLength.map({ Int(length) == $0 && $0 >= 0 }) != true
        {
            return "a length that is not understood"
        }
        if checked.target != "*", !checked.target.hasPrefix("/") { return "no origin form" }
        return nil
    }

    /// Segments that are read are harmless.
    private static func pathViolation(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let path = PathSegments.decode(text) else { return nil }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        if segments.count != text.split(separator: "/", omittingEmptySubsequences: false).count {
            return "a segment that is more than one"
        }
        for segment in segments {
            if segment == "." || segment == ".." { return "a path that climbs" }
            if segment.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
                return "a control character in a path"
            }
        }
        return nil
    }

    /// Values of fields that have a grammar of their own are read or refused.
    private static func fieldViolation(_ bytes: [UInt8]) -> String? {
        let text = String(decoding: bytes, as: UTF8.self)
        _ = BasicCredentials(authorization: text, mayBePassword: true)
        _ = DocumentForm(accept: text)
        _ = MediaRange(text[...])
        let name = RequestName.make(from: text)
        return RequestName.isSane(name) ? nil : "a request's name breaks a log"
    }
}
