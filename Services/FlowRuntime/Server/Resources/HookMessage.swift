import FlowRuntimeDomain
import HTTP2
import JSONAPI
import PublicHTTP

/// What a webhook received, as the message its flow gets: `{body, headers, method, query}`.
struct HookMessage {
    /// Bytes a message may have; what streams to workers carry in one piece.
    static let bytesMax = 1_000_000

    /// Webhooks take any parameters.
    static let query: [QueryParameter] = [.others("Given to the flow as `query`.")]

    /// The header by which callers prove themselves.
    static let keyHeader = "x-api-key"

    /// Headers that flows do not see: they prove who calls, or are the transport's business.
    private static let withheld: Set<String> = [
        "authorization", "connection", "cookie", "host", "keep-alive", "proxy-authorization", "te",
        "transfer-encoding", "upgrade", Self.keyHeader,
    ]

    /// The message as JSON text.
    let content: String

    /// Reads a request.
    ///
    /// - Throws: `APIError` 400 for a body that is not what it says, 413, 415.
    init(_ request: PublicRequest) throws(APIError) {
        var headers = JSONObject()
        for (name, value) in request.fields
        where !Self.withheld.contains(name) && !name.hasPrefix(":") {
            let earlier = headers[name]?.string.map { "\($0), " } ?? ""
            headers[name] = .string(earlier + value)
        }
        let query = request.query.all.sorted { $0.key < $1.key }.map { name, value in
            (name, JSON.string(value))
        }
        let message: JSON = [
            "body": try Self.body(of: request), "headers": .object(headers),
            "method": .string(request.route.method.rawValue), "query": .object(JSONObject(query)),
        ]
        self.content = message.text
        guard self.content.utf8.count <= Self.bytesMax else {
            throw APIError(
                413, "body_too_large",
                "The request may make a message of at most \(Self.bytesMax) bytes.")
        }
    }

    private static func body(of request: PublicRequest) throws(APIError) -> JSON {
        if request.body.isEmpty { return .null }
        if let coding = request.fields.first("content-encoding"), coding != "identity" {
            throw APIError(
                415, "unsupported_encoding", "The body must not be compressed.",
                source: .header("Content-Encoding"))
        }
        let type = request.fields.first("content-type")?.split(separator: ";").first?
            .trimming(" \t").lowercased()
        switch type {
        case "application/x-www-form-urlencoded": return try self.form(request.body)
        case let type? where type.hasPrefix("text/"): return .string(try self.text(request.body))
        case let type? where type == "application/json" || type.hasSuffix("+json"):
            do {
                return try JSON(parsing: request.body)
            } catch {
                throw APIError(
                    400, "malformed_json", "The body is not JSON: \(error).",
                    source: .pointer(""))
            }
        default:
            throw APIError(
                415, "unsupported_media_type",
                "The body must be JSON, a form (application/x-www-form-urlencoded) or text.",
                source: .header("Content-Type"))
        }
    }

    /// A form's fields; those given several times as an array.
    private static func form(_ body: [UInt8]) throws(APIError) -> JSON {
        var fields = JSONObject()
        for pair in try self.text(body).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decode(parts[0], plusIsSpace: true),
                let value = PercentCoding.decode(
                    parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else {
                throw APIError(
                    400, "malformed_form", "The form is not percent-encoded UTF-8.",
                    source: .pointer(""))
            }
            switch fields[name] {
            case nil: fields[name] = .string(value)
            case .array(let values): fields[name] = .array(values + [.string(value)])
            case let earlier?: fields[name] = .array([earlier, .string(value)])
            }
        }
        return .object(fields)
    }

    private static func text(_ body: [UInt8]) throws(APIError) -> String {
        guard let text = String(validating: body, as: UTF8.self) else {
            throw APIError(
                400, "malformed_text", "The body is not UTF-8.", source: .pointer(""))
        }
        return text
    }
}

extension Substring {
    /// The text without these characters at either end.
    fileprivate func trimming(_ characters: String) -> Substring {
        let start = self.drop { characters.contains($0) }
        return start.lastIndex { !characters.contains($0) }.map { start[...$0] } ?? ""
    }
}
