/// One problem, as the public API tells it.
///
/// `code` is a stable word for programs; `detail` is for people and never carries secrets.
public struct APIError: Error, Hashable, Sendable {
    /// What in the request is to blame.
    public enum Source: Hashable, Sendable {
        /// A JSON pointer into the body (RFC 6901).
        case pointer(String)
        /// A query parameter.
        case parameter(String)
        /// A header.
        case header(String)
    }

    /// The HTTP status, 400–599.
    public var status: Int
    /// A stable, machine-readable word.
    public var code: String
    /// What kind of problem it is; the same for every problem of one status.
    public var title: String
    /// What is wrong this time.
    public var detail: String
    /// What in the request is to blame.
    public var source: Source?
    /// Particulars for programs.
    public var meta: JSONObject
    /// When repeating makes sense; becomes the `Retry-After` header.
    public var retryAfterSeconds: Int?

    /// Makes an error whose title is the usual one of its status.
    public init(
        _ status: Int, _ code: String, _ detail: String, source: Source? = nil,
        meta: JSONObject = [:], retryAfterSeconds: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.title = Self.title(ofStatus: status)
        self.detail = detail
        self.source = source
        self.meta = meta
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// The error object as JSON; `status` is an integer, as the documents have it.
    public var json: JSON {
        var object: JSONObject = [
            "status": .integer(self.status), "code": .string(self.code),
            "title": .string(self.title), "detail": .string(self.detail),
        ]
        switch self.source {
        case .pointer(let pointer):
            object.appendNew("source", ["pointer": .string(pointer)])
        case .parameter(let name):
            object.appendNew("source", ["parameter": .string(name)])
        case .header(let name):
            object.appendNew("source", ["header": .string(name)])
        case nil: break
        }
        object.appendNew("meta", .object(self.meta))
        return .object(object)
    }

    private static func title(ofStatus status: Int) -> String {
        switch status {
        case 400: "Bad argument error"
        case 401: "Error"
        case 403: "Unauthorized"
        case 404: "Resource not found"
        case 405: "Method not allowed"
        case 406: "Not acceptable"
        case 408: "Request timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 412: "Precondition failed"
        case 413: "Content too large"
        case 414: "URI too long"
        case 415: "Unsupported media type"
        case 422: "Unprocessable content"
        case 429: "Too many requests"
        case 431: "Request header fields too large"
        case 501: "Not implemented"
        case 503: "Service unavailable"
        case 504: "Gateway timeout"
        case 500...: "Internal error"
        default: "Error"
        }
    }
}

extension APIError {
    /// 400: a value of the body is wrong.
    public static func invalid(_ pointer: String, _ detail: String) -> APIError {
        APIError(400, "invalid_value", detail, source: .pointer(pointer))
    }

    /// 403: the caller is known and may not.
    public static func forbidden(
        _ detail: String = "You need a permission to access this resource."
    ) -> APIError {
        APIError(403, "forbidden", detail)
    }

    /// 404: there is no such thing, or the caller may not know of it.
    public static func notFound(_ detail: String) -> APIError {
        APIError(404, "not_found", detail)
    }

    /// 409: the state of things forbids it.
    public static func conflict(
        _ code: String, _ detail: String, pointer: String? = nil, meta: JSONObject = [:]
    ) -> APIError {
        APIError(409, code, detail, source: pointer.map(Source.pointer), meta: meta)
    }
}
