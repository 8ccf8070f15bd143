/// Finds the handler of a call and answers it.
///
/// Made once, at start. Routing, access and deadlines are decided here, whatever carries the call.
public struct RPCRouter: Sendable {
    private let routes: [RPCRoute]
    private let slots: PathTable
    private let access: AccessList

    /// Makes a router.
    ///
    /// Health and reflection are always served. Interceptors are wrapped around each method once,
    /// here, the first outermost.
    ///
    /// - Throws: `RouterError` unless every declared method has exactly one route, every route is
    ///   declared, and the access list names declared methods only.
    public init(
        _ tables: [any RPCRouteTable], access: AccessList, health: HealthBoard = HealthBoard(),
        interceptors: [RPCInterceptor] = []
    ) throws {
        let declared = tables.flatMap(\.declared)
        var all = tables
        all.append(Health.routes(health))
        all.append(Reflection.routes(declared + Health.methods + Reflection.methods))
        try RouterError.check(all, access: access)
        self.routes = all.flatMap { ($0 as? any RPCRouteEntries)?.entries ?? [] }.map { entry in
            RPCRoute(
                entry.declaration,
                interceptors.reversed().reduce(entry.answer) { inner, interceptor in
                    interceptor(entry.declaration, inner)
                })
        }
        self.slots = PathTable(self.routes.map(\.declaration.path))
        self.access = access
    }

    /// The methods served, health and reflection included.
    public var methods: [RPCMethodDeclaration] { self.routes.map(\.declaration) }

    /// The route of a path, matched byte for byte; `nil` means `unimplemented`.
    public func route(ofPath path: UnsafeBufferPointer<UInt8>) -> Int? {
        self.slots.index(of: path)
    }

    /// What is declared of a route.
    public func declaration(ofRoute route: Int) -> RPCMethodDeclaration {
        self.routes[route].declaration
    }

    /// Answers a call in a context whose caller the transport has proven.
    ///
    /// - Throws: `permission_denied` or `unauthenticated` when the access list does not name the
    ///   caller, `deadline_exceeded` when the deadline has passed before work began,
    ///   `invalid_argument` for a body that is not the request, and whatever the handler throws.
    public func answer(route: Int, body: [UInt8], context: CallContext) async throws -> RPCAnswer {
        let entry = self.routes[route]
        guard self.access.allows(context.caller, toCall: entry.declaration) else {
            throw Self.refusal(of: context.caller, method: entry.declaration)
        }
        if let deadline = context.deadline, ContinuousClock.now >= deadline {
            throw RPCError(.deadlineExceeded, "the deadline passed before work began")
        }
        return try await CallContext.$current.withValue(context) { try await entry.answer(body) }
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

    static func check(_ tables: [any RPCRouteTable], access: AccessList) throws {
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
        if !problems.isEmpty {
            throw RouterError(description: problems.sorted().joined(separator: "; "))
        }
    }
}
