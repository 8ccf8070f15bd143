import HTTP2
public import JSONAPI
public import Logging
public import RPC
import Synchronization

/// Answers public requests: routes, authenticates, checks, calls handlers, words the answers.
///
/// It knows no sockets; ``PublicListener`` brings it requests of both protocols. One edge serves
/// any number of listeners and counts the requests of all of them.
public final class PublicEdge: Sendable {
    let limits: PublicLimits
    let logger: Logger
    let router: PublicRouter
    let metrics: PublicMetrics
    let trustedProxies: Set<String>
    let authenticator: (any Authenticator)?
    let cache: AuthenticationCache
    private let keyed: KeyedRequests?
    private let running = Atomic<Int>(0)
    /// Given when the listeners stop: streams of events end then.
    let drain = DrainSignal()

    /// Makes an edge.
    ///
    /// - Parameters:
    ///   - answers: remembers the answers to POSTs with an `Idempotency-Key`; without it the header is
    ///     not looked at.
    ///   - trustedProxies: IP addresses whose word on where a request comes from
    ///     (`X-Forwarded-For`, `X-Forwarded-Proto`) is believed.
    /// - Throws: ``PublicRouterError`` when operations collide, or need authentication and there is
    ///   no authenticator.
    public init(
        _ routes: PublicRoutes, authenticator: (any Authenticator)?,
        limits: PublicLimits = PublicLimits(), answers: (any AnswerStore)? = nil,
        trustedProxies: Set<String> = PublicEdge.loopback, logger: Logger
    ) throws(PublicRouterError) {
        if authenticator == nil,
            let route = routes.routes.first(where: { $0.authentication != .none })
        {
            throw PublicRouterError(description: "\(route.id) needs an authenticator")
        }
        self.limits = limits
        self.trustedProxies = trustedProxies
        self.logger = logger
        self.router = try PublicRouter(routes)
        self.metrics = PublicMetrics(routes.routes)
        self.authenticator = authenticator
        self.cache = AuthenticationCache(
            lifetime: .milliseconds(limits.authenticationCacheMilliseconds),
            entriesMax: limits.authenticationCacheEntriesMax)
        self.keyed = answers.map { KeyedRequests($0) }
    }

    /// The addresses of this machine itself.
    public static let loopback: Set<String> = ["127.0.0.1", "::1"]

    /// The operations served.
    public var routes: [Route] { self.router.entries.map(\.route) }

    /// Requests being handled now.
    var runningCount: Int { self.running.load(ordering: .relaxed) }

    /// Bytes the body of a request may have.
    func bodyBytesMax(method: String, path: String) -> Int {
        guard case .found(let index, _) = self.router.match(method: method, path: path)
        else { return self.limits.bodyBytesMax }
        return self.router.entries[index].route.bodyBytesMax ?? self.limits.bodyBytesMax
    }

    /// Bytes the body of any request may have.
    var bodyBytesMaxOfAll: Int {
        self.routes.compactMap(\.bodyBytesMax).max().map { max($0, self.limits.bodyBytesMax) }
            ?? self.limits.bodyBytesMax
    }

    /// Answers a request; every failure becomes an answer too.
    ///
    /// The caller cancels the task when nobody waits for the answer any more, and when the time
    /// (``PublicLimits/requestSecondsMax``) is over.
    func answer(_ request: EdgeRequest) async -> EdgeAnswer {
        let begun = MonotonicInstant.now
        var exchange = Exchange(
            request, begun: begun, deadline: begun + .seconds(self.limits.requestSecondsMax))
        let count = self.running.add(1, ordering: .relaxed).newValue
        defer { self.running.subtract(1, ordering: .relaxed) }
        let response: PublicResponse
        do {
            guard count <= self.limits.requestsMax else { throw Refusal.overloaded }
            response = try await self.handle(request, &exchange)
        } catch {
            response = self.refusal(of: error, &exchange)
        }
        let answer = exchange.word(response, for: request)
        self.metrics.record(
            operation: exchange.operation, method: request.method, status: answer.status,
            duration: begun.duration(to: .now))
        return answer
    }

    private func handle(
        _ request: EdgeRequest, _ exchange: inout Exchange
    ) async throws -> PublicResponse {
        let path = request.path
        let index: Int
        let parameters: [String]
        switch self.router.match(method: request.method, path: path) {
        case .found(let found, let values): (index, parameters) = (found, values)
        case .unknownPath: throw Refusal.noPath(path)
        case .malformedPath: throw Refusal.malformedPath
        case .wrongMethod(let allowed):
            exchange.extraFields.append("allow", allowed.joined(separator: ", "))
            throw Refusal.methodNotAllowed(
                request.method, allowed: allowed.joined(separator: ", "))
        }
        exchange.operation = index
        let entry = self.router.entries[index]
        let proof = try await self.proof(of: request, entry.route)
        exchange.form = try Self.form(request, entry.route)
        let checked = try BodyCheck.run(
            request, entry.route,
            bytesMax: entry.route.bodyBytesMax ?? self.limits.bodyBytesMax)
        let publicRequest = PublicRequest(
            route: entry.route, path: path, parameters: parameters,
            query: try QueryParameters(request.query, for: entry.route.query),
            fields: request.fields, body: request.body, json: checked.json,
            principal: proof.principal,
            requestID: exchange.requestID, session: proof.session,
            connection: request.origin, trustedProxies: self.trustedProxies)
        if let faults = checked.faults {
            throw await Self.all(faults, of: publicRequest, entry.meaning, exchange)
        }
        let key = try publicRequest.idempotencyKey()
        guard let key, let keyed = self.keyed, entry.route.method == .post else {
            return try await Self.carryOut(publicRequest, by: entry, key: key, exchange)
        }
        return try await keyed.answer(publicRequest, request.target, key: key) {
            try await Self.carryOut(publicRequest, by: entry, key: key, exchange)
        }
    }

    /// The problems that were found in a body, with those of what it says.
    private static func all(
        _ faults: APIErrors, of request: PublicRequest, _ meaning: PublicBodyCheck?,
        _ exchange: Exchange
    ) async -> APIErrors {
        let context = CallContext(deadline: exchange.deadline, trace: exchange.trace)
        let meant = try? await CallContext.$current.withValue(context) {
            try await meaning?(request)
        }
        let others = Self.mismatch(of: request) + (meant ?? [])
        // What is missing is told of the place that lacks it, which may lack several things.
        let told = Set(faults.errors.filter { $0.code != "missing" }.map(\.source))
        let more = others.filter { !told.contains($0.source) && !faults.errors.contains($0) }
        return APIErrors(faults.errors + more) ?? faults
    }

    /// The problem of a change whose body names another resource than its path, which ends with it.
    private static func mismatch(of request: PublicRequest) -> [APIError] {
        guard request.route.method == .patch, let expected = request.parameters.last else {
            return []
        }
        let id = request.json?["data"]?["id"]?.string
        return ResourceBody.mismatch(of: id, with: expected).map { [$0] } ?? []
    }

    private static func carryOut(
        _ request: PublicRequest, by entry: PublicRoutes.Entry, key: String?,
        _ exchange: Exchange
    ) async throws -> PublicResponse {
        let context = CallContext(
            deadline: exchange.deadline, trace: exchange.trace, idempotencyKey: key)
        return try await PublicRequest.$currentID.withValue(exchange.requestID) {
            try await CallContext.$current.withValue(context) {
                do {
                    return try await entry.handler(request)
                } catch {
                    guard entry.meaning != nil, let faults = Self.bodyFaults(error) else {
                        throw error
                    }
                    throw await Self.all(faults, of: request, entry.meaning, exchange)
                }
            }
        }
    }

    /// The problems a handler has with a body, if it has no other.
    private static func bodyFaults(_ error: any Error) -> APIErrors? {
        guard let faults = error as? APIErrors ?? (error as? APIError).map({ APIErrors($0) }),
            faults.errors.allSatisfy({ fault in
                guard case .pointer = fault.source else { return false }
                return fault.status == 400 || fault.code == ResourceBody.mismatchCode
            })
        else { return nil }
        return faults
    }

    private static func form(
        _ request: EdgeRequest, _ route: Route
    ) throws(APIError) -> DocumentForm {
        let accept = request.fields.first("accept")
        if let form = DocumentForm(accept: accept) { return form }
        // Streams and files are what they are; a client that wants them says so, or anything. One
        // that may have a document as well names the file.
        var files: [String] = []
        var isDocument = false
        for answer in route.answers {
            switch answer.content {
            case .events: return .json
            case .bytes(let mediaType): files.append(mediaType)
            default: isDocument = true
            }
        }
        guard isDocument else { return .json }
        guard files.contains(where: { DocumentForm.isNamed($0, in: accept) }) else {
            throw Refusal.notAcceptable
        }
        return .json
    }

    private func refusal(of error: any Error, _ exchange: inout Exchange) -> PublicResponse {
        var errors = APIErrors(of: error, requestID: exchange.requestID)
        if error is CancellationError { errors = APIErrors(Refusal.deadlineExceeded) }
        if errors.status >= 500, errors.errors.first?.code != Refusal.overloaded.code {
            self.logger.error(
                "a request failed",
                metadata: [
                    "request_id": .string(exchange.requestID), "error": "\(error)",
                    "trace_id": .string(exchange.trace.traceID),
                    "status": .stringConvertible(errors.status),
                ])
        }
        if errors.status == 401 {
            exchange.extraFields.append("www-authenticate", "Basic realm=\"Covenant\"")
        }
        if let seconds = errors.retryAfterSeconds {
            exchange.extraFields.append("retry-after", String(seconds))
        }
        return PublicResponse(status: errors.status, body: .json(errors.json))
    }

    /// The answer to a request that is refused before it is complete.
    func refusal(_ error: APIError, fields: HTTP2Fields = [:]) -> EdgeAnswer {
        let request = EdgeRequest(method: "GET", target: "", fields: fields, body: [])
        var exchange = Exchange(request, begun: .now, deadline: .now)
        let response = self.refusal(of: error, &exchange)
        self.metrics.record(
            operation: nil, method: request.method, status: error.status, duration: .zero)
        return exchange.word(response, for: request)
    }
}
