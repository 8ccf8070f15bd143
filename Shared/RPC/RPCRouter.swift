/// Finds the handler of a call and answers it.
///
/// Made once, at start. Routing, access and deadlines are decided here, whatever carries the call.
public struct RPCRouter: Sendable {
    private let routes: [RPCRoute]
    private let slots: PathTable
    private let admission: Admission
    private let keyed: KeyedCalls?

    /// Makes a router.
    ///
    /// Health and reflection are always served. Interceptors are put around each method once, here,
    /// the first outermost.
    ///
    /// - Parameters:
    ///   - limits: what callers are allowed, and how many calls are carried before some are refused.
    ///   - answers: remembers the answers to calls with an idempotency key; without it such calls
    ///     of methods that are not `.safe` are refused.
    ///   - publicAPI: what the process offers beside RPC, as ``DescribePublicAPI`` tells it.
    /// - Throws: `RouterError` unless every declared method has exactly one route, every route is
    ///   declared, and the access list and the limits name declared methods only.
    public init(
        _ tables: [any RPCRouteTable], access: AccessList, health: HealthBoard = HealthBoard(),
        interceptors: [RPCInterceptor] = [], limits: RPCServerLimits = RPCServerLimits(),
        answers: (any AnswerStore)? = nil, publicAPI: [UInt8]? = nil
    ) throws {
        let declared = tables.flatMap(\.declared)
        var all = tables
        let services = declared + Health.methods + Reflection.methods
        all.append(Health.routes(health, services: Set(services.map(\.service))))
        all.append(
            Reflection.routes(
                declared + Health.methods + Reflection.methods, publicAPI: publicAPI))
        try RouterError.check(all, access: access, limits: limits)
        self.routes = all.flatMap { ($0 as? any RPCRouteEntries)?.entries ?? [] }.map { entry in
            entry.route(inside: interceptors, for: access)
        }
        self.slots = PathTable(self.routes.map(\.declaration.path))
        self.admission = Admission(self.routes.map(\.declaration), limits: limits)
        self.keyed = answers.map { KeyedCalls($0) }
    }

    /// The methods served, health and reflection included.
    public var methods: [RPCMethodDeclaration] { self.routes.map(\.declaration) }

    /// The route of a path, matched byte for byte; `nil` means `unimplemented`.
    public func route(ofPath path: UnsafeBufferPointer<UInt8>) -> Int? {
        self.slots.index(of: path)
    }

    /// How many messages go each way on a route.
    public func kind(ofRoute route: Int) -> RPCMethodDeclaration.Kind {
        self.routes[route].declaration.kind
    }

    /// What is declared of a route.
    public func declaration(ofRoute route: Int) -> RPCMethodDeclaration {
        self.routes[route].declaration
    }

    /// How long a call may take that asks for so many milliseconds, or for none in particular;
    /// `nil` for ever.
    ///
    /// - Throws: `deadline_exceeded` when it asks for no time at all.
    public func timeoutMilliseconds(ofRoute route: Int, asked: Int?) throws(RPCError) -> Int? {
        if let asked, asked <= 0 {
            throw RPCError(.deadlineExceeded, "the deadline passed before work began")
        }
        return self.admission.limits(ofRoute: route).timeoutMilliseconds(asked: asked)
    }

    /// When a call has to have ended that asks for a moment, or for none in particular.
    func deadline(
        ofRoute route: Int, asked: MonotonicInstant?
    ) -> MonotonicInstant? {
        self.admission.limits(ofRoute: route).deadline(asked: asked, now: .now)
    }

    /// The elements that a caller streams to a route, each within the route's limit.
    func elements(_ messages: RPCMessages, ofRoute route: Int) -> RPCRequestElements {
        self.admission.elements(messages, ofRoute: route)
    }

    /// Answers a call in a context whose caller the transport has proven.
    ///
    /// - Parameter now: when the call came; its deadline and how long it takes count from here.
    /// - Throws: `permission_denied` or `unauthenticated` when the access list does not name the
    ///   caller; ``MessageTooLarge``; `deadline_exceeded` when the deadline has passed before work
    ///   began, or will have before it can end; `unavailable` or `resource_exhausted` with a
    ///   pushback when too much runs already; `invalid_argument` for a body that is not the
    ///   request; and whatever the handler throws.
    public func answer(
        route: Int, body: [UInt8], context: CallContext, now: MonotonicInstant = .now
    ) async throws -> RPCAnswer {
        if context.idempotencyKey != nil {
            let answer = await self.keyedAnswer(
                route: route, body: body, context: context, now: now)
            return try answer.result.get()
        }
        return try await self.carryOut(route, body, context, now)
    }

    /// Answers a call that has an idempotency key, and says whether the answer was stored before.
    ///
    /// As ``answer(route:body:context:now:)``; see ``AnswerStore`` for what is promised.
    public func keyedAnswer(
        route: Int, body: [UInt8], context: CallContext, now: MonotonicInstant = .now
    ) async -> KeyedAnswer {
        let declaration = self.routes[route].declaration
        guard let key = context.idempotencyKey, declaration.repetition != .safe else {
            do {
                return .fresh(.success(try await self.carryOut(route, body, context, now)))
            } catch {
                return .fresh(.failure(error))
            }
        }
        guard self.routes[route].callers.include(context.caller) else {
            return .fresh(.failure(Self.refusal(of: context.caller, method: declaration)))
        }
        guard declaration.kind == .unary else {
            return .fresh(
                .failure(RPCError(.invalidArgument, "idempotency-key is for unary methods only")))
        }
        guard let keyed = self.keyed else {
            let text = "this service keeps no answers: call it without idempotency-key"
            return .fresh(.failure(RPCError(.unimplemented, text)))
        }
        let entry: Admission.Entry
        do {
            entry = try self.admission.enter(route, bytes: body.count, context, now: now)
        } catch {
            return .fresh(.failure(error))
        }
        defer { self.admission.leave(entry) }
        let call = KeyedCallID(
            caller: context.caller, method: "\(declaration.service)/\(declaration.name)", key: key)
        return await keyed.answer(call, declaration.repetition, body) { current in
            var context = context
            context.keyedCall = current
            let answer = try await Self.run(self.routes[route], body, context, since: .now)
            return try self.admission.check(answer, entry)
        }
    }

    @inline(__always)
    private func carryOut(
        _ index: Int, _ body: [UInt8], _ context: CallContext, _ now: MonotonicInstant
    ) async throws -> RPCAnswer {
        let route = self.routes[index]
        guard route.callers.include(context.caller) else {
            throw Self.refusal(of: context.caller, method: route.declaration)
        }
        let entry = try self.admission.enter(index, bytes: body.count, context, now: now)
        defer { self.admission.leave(entry) }
        let answer = try await Self.run(route, body, context, since: now)
        return try self.admission.check(answer, entry)
    }

    /// Has the handler answer, and tells the observers.
    @inline(__always)
    private static func run(
        _ route: RPCRoute, _ body: [UInt8], _ context: CallContext,
        since start: MonotonicInstant
    ) async throws -> RPCAnswer {
        do {
            // Isolation would have the task's executor looked up once more.
            let answer = try await CallContext.$current.withValue(
                context, operation: { try await route.answer(body) }, isolation: nil)
            route.tell(context, nil, since: start)
            return answer
        } catch {
            route.tell(context, error, since: start)
            throw error
        }
    }

    private static func refusal(
        of caller: PeerName?, method: RPCMethodDeclaration
    ) -> RPCError {
        guard let caller else {
            return RPCError(
                .unauthenticated,
                "\(method.service)/\(method.name) is for named peers: send a peer token or certificate"
            )
        }
        return RPCError(
            .permissionDenied,
            "\(caller) is not listed as a caller of \(method.service)/\(method.name)")
    }
}

/// A service whose routes do not match its declarations; found at start.
public struct RouterError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What does not match.
    public let description: String

    static func check(
        _ tables: [any RPCRouteTable], access: AccessList, limits: RPCServerLimits
    ) throws {
        var problems: [String] = []
        for table in tables {
            let routed = table.routed.map(\.path)
            for path in Set(routed) where routed.count(where: { $0 == path }) > 1 {
                problems.append("\(path) has two routes")
            }
            for path in table.declared.map(\.path) where !routed.contains(path) {
                problems.append("\(path) has no route")
            }
            for path in routed where !table.declared.contains(where: { $0.path == path }) {
                problems.append("\(path) is not declared by its service")
            }
        }
        let names = Set(tables.flatMap(\.declared).map(\.name))
        for name in access.methodNames where !names.contains(name) {
            problems.append("the access list names \(name), which no service declares")
        }
        problems += limits.problems(methods: names)
        if !problems.isEmpty {
            throw RouterError(description: problems.sorted().joined(separator: "; "))
        }
    }
}
