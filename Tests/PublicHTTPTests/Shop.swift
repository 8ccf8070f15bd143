import Identifiers
import JSONAPI
import Logging
import PublicHTTP
import RPC
import Synchronization

/// A small service to test the listener with.
enum Shop {
    /// The session that the shop knows.
    static let session = "cvs_" + String(repeating: "0a", count: 32)
    static let thingID = "5b87aded2dfb980011537690"

    /// A failure that nobody maps.
    struct Unmapped: Error {}

    static func edge(
        limits: PublicLimits = PublicLimits(), authenticator: CountingAuthenticator = .init(),
        gate: AsyncStream<ServerEvent>? = nil, largeAnswers: AnswerCounter = .init()
    ) throws -> PublicEdge {
        try PublicEdge(
            Self.routes(gate: gate, largeAnswers), authenticator: authenticator, limits: limits,
            logger: Logger(label: "shop") { _ in SwiftLogNoOpLogHandler() })
    }

    static func routes(
        gate: AsyncStream<ServerEvent>?, _ largeAnswers: AnswerCounter = .init()
    ) -> PublicRoutes {
        var routes = PublicRoutes()
        routes.on(Self.route(.get, "/v2/things/{thing_id}", query: [.include(["parts"])])) {
            let id = try $0.identifier("thing_id", "Thing", as: ContractID.self)
            let who = try $0.caller().email
            return .document(
                Document(Resource(type: "thing", id: id.text, attributes: ["who": .string(who)])),
                entityTag: "v1")
        }
        routes.on(Self.route(.get, "/v2/things/me")) { _ in .json(["me": true]) }
        routes.on(
            Self.route(
                .post, "/v2/things",
                body: .json(
                    .resource("thing", attributes: [.required("name", .text(.anything(3...40)))])))
        ) { request in
            let name = try request.resource().attributes.string("name")
            return .json(["name": .string(name)], status: 201)
        }
        routes.on(Self.route(.patch, "/v2/things/{thing_id}")) {
            try $0.checkIfMatch("v1")
            return .empty()
        }
        routes.on(Self.route(.post, "/v2/key", authentication: .apiKeyOrPassword)) { _ in
            .empty()
        }
        routes.on(Self.route(.post, "/v2/sign-in", authentication: .signIn)) {
            .json(["from": .optional($0.clientAddress), "secure": .bool($0.isSecure)])
        }
        routes.on(Self.route(.get, "/v2/either", authentication: .optionalAPIKey)) {
            .json(["known": .bool($0.principal != nil)])
        }
        routes.on(
            Self.route(
                .post, "/hook/{flow}", authentication: .none, body: .bytes, bodyBytesMax: 64)
        ) { .bytes($0.body, mediaType: "application/octet-stream") }
        Self.addTroubles(to: &routes)
        Self.addLarge(to: &routes, largeAnswers)
        Self.addLines(to: &routes)
        routes.on(Self.route(.get, "/events", authentication: .none, content: .events)) { _ in
            if let gate { return .events(gate) }
            return .events(
                AsyncStream { continuation in
                    continuation.yield(ServerEvent(id: "1", name: "tick", data: "a\nb"))
                    continuation.yield(ServerEvent(data: ""))
                    continuation.finish()
                })
        }
        return routes
    }

    private static func addLarge(to routes: inout PublicRoutes, _ counter: AnswerCounter) {
        for (path, count) in [("/large", 64 << 10), ("/huge", 16 << 20)] {
            routes.on(Self.route(.get, PathTemplate(path), authentication: .none)) { _ in
                counter.add()
                return .bytes(
                    [UInt8](repeating: 0x78, count: count), mediaType: "application/octet-stream")
            }
        }
        routes.on(Self.route(.post, "/echo", authentication: .none, body: .bytes)) {
            .bytes($0.body, mediaType: "application/octet-stream")
        }
        routes.on(Self.route(.post, "/slow", authentication: .none, body: .bytes)) { _ in
            counter.add()
            try await Task.sleep(for: .seconds(3600))
            return .empty()
        }
    }

    /// The media type of `/lines`, beside documents.
    static let lines = "application/x-lines"

    private static func addLines(to routes: inout PublicRoutes) {
        let route = Route(
            .get, "/lines", id: "lines", summary: "", permission: "", authentication: .none,
            answers: [.init(200, "", .json(.anything)), .init(200, "", .bytes(Self.lines))])
        routes.on(route) { request in
            guard request.prefers(Self.lines) else { return .json(["lines": 3]) }
            let next = Mutex(0)
            let stream = ByteStream(mediaType: Self.lines) {
                let number = next.withLock { number in
                    number += 1
                    return number
                }
                return number <= 3 ? Array("line \(number)\n".utf8) : nil
            }
            return PublicResponse(status: 200, body: .stream(stream))
        }
    }

    private static func addTroubles(to routes: inout PublicRoutes) {
        routes.on(Self.route(.get, "/fails", authentication: .none)) { _ in throw Unmapped() }
        for code in RPCError.Code.allCases {
            let path = PathTemplate("/rpc-error/\(code.rawValue)")
            routes.on(Self.route(.get, path, authentication: .none)) { _ in
                throw RPCError(code, "secret of the inside", retryPushbackMilliseconds: 1500)
            }
        }
        routes.on(Self.route(.get, "/slow", authentication: .none)) { _ in
            try await Task.sleep(for: .seconds(3600))
            return .empty()
        }
        routes.on(Self.route(.get, "/context", authentication: .none)) { request in
            .json([
                "trace": .optional(CallContext.current.trace?.traceID),
                "deadline": .bool(CallContext.current.deadline != nil),
                "id": .optional(PublicRequest.currentID),
                "key": .optional(CallContext.current.idempotencyKey),
            ])
        }
    }

    private static func route(
        _ method: Route.Method, _ path: PathTemplate,
        authentication: Route.Authentication = .apiKey, query: [QueryParameter] = [],
        body: Route.Body = .none, bodyBytesMax: Int? = nil,
        content: Route.Answer.Content = .none
    ) -> Route {
        Route(
            method, path, id: "\(method.rawValue) \(path.text)", summary: "", permission: "",
            authentication: authentication, query: query, body: body, bodyBytesMax: bodyBytesMax,
            answers: [.init(200, "", content)])
    }
}

/// Counts answers.
final class AnswerCounter: Sendable {
    private let counted = Mutex(0)

    var count: Int { self.counted.withLock { $0 } }

    func add() { self.counted.withLock { $0 += 1 } }
}

/// Knows one user, and counts how often it is asked.
final class CountingAuthenticator: Authenticator {
    private let count = Mutex(0)

    var asked: Int { self.count.withLock { $0 } }

    func authenticate(_ credentials: BasicCredentials) async throws -> Principal? {
        self.count.withLock { $0 += 1 }
        let isKey = credentials.secret.reveal() == "key"
        let isPassword = credentials.mayBePassword && credentials.secret.reveal() == "password"
        if credentials.email == "down@example.com" { throw RPCError(.unavailable, "identity") }
        guard credentials.email == "ada@example.com", isKey || isPassword,
            let user = UserID("5b87aded2dfb980011537691"),
            let tenant = TenantID("5b87aded2dfb980011537692")
        else { return nil }
        return Principal(
            user: user, tenant: tenant, email: credentials.email, isTenantAdmin: false)
    }

    func authenticate(_ session: SessionToken) async throws -> Principal? {
        self.count.withLock { $0 += 1 }
        guard session.reveal() == Shop.session, let user = UserID("5b87aded2dfb980011537691"),
            let tenant = TenantID("5b87aded2dfb980011537692")
        else { return nil }
        return Principal(
            user: user, tenant: tenant, email: "ada@example.com", isTenantAdmin: false,
            session: SessionID("5b87aded2dfb980011537693"))
    }
}

/// `Authorization` headers.
enum Credentials {
    /// ada@example.com:key
    static let key = "Basic YWRhQGV4YW1wbGUuY29tOmtleQ=="
    /// ada@example.com:password
    static let password = "Basic YWRhQGV4YW1wbGUuY29tOnBhc3N3b3Jk"
    /// ada@example.com:wrong
    static let wrong = "Basic YWRhQGV4YW1wbGUuY29tOndyb25n"
    /// down@example.com:key
    static let down = "Basic ZG93bkBleGFtcGxlLmNvbTprZXk="
}
