/// What the public API says of one operation: served, checked and documented from this one value.
public struct Route: Sendable {
    /// What is asked of a path. `HEAD` is answered wherever `GET` is.
    public enum Method: String, CaseIterable, Hashable, Sendable {
        /// Reads.
        case get = "GET"
        /// Creates or acts.
        case post = "POST"
        /// Replaces.
        case put = "PUT"
        /// Changes.
        case patch = "PATCH"
        /// Removes.
        case delete = "DELETE"
    }

    /// What proves who calls.
    public enum Authentication: Hashable, Sendable {
        /// Basic authentication with e-mail and API key, or a session.
        case apiKey
        /// Basic authentication with e-mail and API key or password, or a session.
        case apiKeyOrPassword
        /// Basic authentication with e-mail and API key or password, and no session: where sessions
        /// begin.
        case signIn
        /// Basic authentication with e-mail and API key, a session, or nothing: the handler gets no
        /// principal then. Credentials that are given and wrong are refused.
        case optionalAPIKey
        /// Nothing: anybody may call, and the handler gets no principal.
        case none

        /// Whether a password proves who calls.
        public var acceptsPassword: Bool { self == .apiKeyOrPassword || self == .signIn }

        /// Whether a session's cookie proves who calls.
        public var acceptsSession: Bool {
            switch self {
            case .apiKey, .apiKeyOrPassword, .optionalAPIKey: true
            case .signIn, .none: false
            }
        }
    }

    /// What the request's body is.
    public enum Body: Sendable {
        /// There is none; one that comes all the same is refused.
        case none
        /// A JSON text of this shape.
        case json(Schema)
        /// A JSON text of this shape, or nothing at all.
        case optionalJSON(Schema)
        /// Any bytes of any media type, given to the handler as they are.
        case bytes
    }

    /// What is asked of the path.
    public let method: Method
    /// The path.
    public let path: PathTemplate
    /// The operation's name for clients generated from the description (`operationId`).
    public let id: String
    /// What it does, in one line.
    public let summary: String
    /// Who may call it, in words.
    public let permission: String
    /// What proves who calls.
    public let authentication: Authentication
    /// The query parameters; all others are refused by name.
    public let query: [QueryParameter]
    /// What the request's body is.
    public let body: Body
    /// Bytes a body may have; `nil` for the listener's usual limit.
    public let bodyBytesMax: Int?
    /// What may be answered, besides errors.
    public let answers: [Answer]

    /// Declares an operation.
    public init(
        _ method: Method, _ path: PathTemplate, id: String, summary: String, permission: String,
        authentication: Authentication = .apiKey, query: [QueryParameter] = [],
        body: Body = .none, bodyBytesMax: Int? = nil, answers: [Answer]
    ) {
        self.method = method
        self.path = path
        self.id = id
        self.summary = summary
        self.permission = permission
        self.authentication = authentication
        self.query = query
        self.body = body
        self.bodyBytesMax = bodyBytesMax
        self.answers = answers
    }

    /// One way an operation is answered.
    public struct Answer: Sendable {
        /// What the answer's body is.
        public enum Content: Sendable {
            /// Nothing.
            case none
            /// A document of one resource of this type.
            case document(String)
            /// A document of a collection of resources of this type.
            case collection(String)
            /// A JSON text of this shape.
            case json(Schema)
            /// Server-sent events.
            case events
            /// Bytes of this media type.
            case bytes(String)
        }

        /// The HTTP status.
        public let status: Int
        /// When this is the answer.
        public let about: String
        /// What the body is.
        public let content: Content

        /// Declares an answer.
        public init(_ status: Int, _ about: String, _ content: Content = .none) {
            self.status = status
            self.about = about
            self.content = content
        }
    }
}
