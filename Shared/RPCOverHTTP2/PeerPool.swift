import HTTP2
import NIOCore
import RPC
import Synchronization

/// The endpoints of a peer, and which of them a call goes to.
final class PeerPool: Sendable {
    /// Where the endpoints come from.
    enum Source: Sendable {
        /// They are named once and for all.
        case addresses([HTTP2Address])
        /// They are looked up.
        case resolver(any EndpointResolver)
    }

    struct State {
        /// The endpoints in use.
        var members: [RPCEndpoint] = []
        /// Those of them that are not ejected.
        var eligible: [RPCEndpoint] = []
        /// Endpoints that were removed and carry their last calls.
        var leaving: [RPCEndpoint] = []
        var ejector: OutlierEjector
        var schedule: ResolutionSchedule
        var endpointsMade = 0
        /// When the counts of the endpoints were compared last.
        var judged = Duration.zero
        /// Calls that wait for the first endpoint to be found.
        var waiters: [FirstResult<Void>] = []
        var isShutDown = false
        var resolution: Task<Void, Never>?
        var upkeep: Task<Void, Never>?
    }

    let settings: RPCEndpoint.Settings
    let limits: RPCPoolLimits
    let resolver: (any EndpointResolver)?
    let clock: ElapsedClock
    let state: Mutex<State>
    /// The only endpoint there ever is: a call of it takes no lock of the pool.
    private let only: RPCEndpoint?

    init(
        _ source: Source, settings: RPCEndpoint.Settings, limits: RPCPoolLimits,
        clock: ElapsedClock
    ) {
        self.settings = settings
        self.limits = limits
        self.clock = clock
        var state = State(
            ejector: OutlierEjector(limits.ejection), schedule: ResolutionSchedule(limits))
        switch source {
        case .addresses(let addresses) where addresses.count == 1:
            self.resolver = nil
            let only = RPCEndpoint(EndpointID(0), addresses[0], settings) {}
            state.members = [only]
            state.eligible = [only]
            self.only = only
            settings.metrics.endpointsChanged(to: 1, ejected: 0)
            self.state = Mutex(state)
        case .addresses(let addresses):
            self.resolver = nil
            self.only = nil
            self.state = Mutex(state)
            self.use(addresses)
            self.beginUpkeep()
        case .resolver(let resolver):
            self.resolver = resolver
            self.only = nil
            self.state = Mutex(state)
            self.beginUpkeep()
        }
    }

    /// Whether a call has a choice, so that it matters where it went.
    var hasChoice: Bool { self.only == nil }

    /// The connection to the only endpoint there ever is, if it takes calls.
    var ready: RPCEndpoint.Connected? {
        guard let only = self.only, let connection = only.available else { return nil }
        return (only, connection)
    }

    /// A connection for a call, to an endpoint its earlier attempts have not been to if there is one.
    ///
    /// Of two endpoints drawn at random the less busy one; those that are not connected are
    /// connected meanwhile, and waited for only when there is no other.
    ///
    /// - Throws: ``HTTP2ClientError`` and `CancellationError`.
    func connection(
        after trail: EndpointTrail?, until deadline: NIODeadline?
    ) async throws -> RPCEndpoint.Connected {
        if let only = self.only {
            return (only, try await only.connection(until: deadline))
        }
        var endpoints = self.state.withLock { $0.eligible }
        if endpoints.isEmpty { endpoints = try await self.found(until: deadline) }
        if let noted = trail?.noted, !noted.isEmpty {
            let others = endpoints.filter { !noted.contains($0.id) }
            if !others.isEmpty { endpoints = others }
        }
        let connected = try await self.choose(among: endpoints, until: deadline)
        trail?.note(connected.endpoint.id)
        return connected
    }

    private func choose(
        among endpoints: [RPCEndpoint], until deadline: NIODeadline?
    ) async throws -> RPCEndpoint.Connected {
        let count = endpoints.count
        let first = Int.random(in: 0..<count)
        let second = count > 1 ? (first + Int.random(in: 1..<count)) % count : first
        switch (self.ready(endpoints[first]), self.ready(endpoints[second])) {
        case (let one?, let other?):
            let isFirst = one.connection.outstandingCalls <= other.connection.outstandingCalls
            return isFirst ? one : other
        case (let one?, nil): return one
        case (nil, let other?): return other
        case (nil, nil): break
        }
        let others = endpoints.compactMap { endpoint in
            endpoint.available.map { (endpoint: endpoint, connection: $0) }
        }
        let least = others.min { $0.connection.outstandingCalls < $1.connection.outstandingCalls }
        if let least { return least }
        // None is connected: whichever is first.
        let tried = endpoints.shuffled().prefix(CarrierBounds.connectsMax)
        return try await FirstResult<RPCEndpoint.Connected>(of: tried.count).value(
            until: deadline, late: HTTP2ClientError.timedOut, on: self.settings.group.any()
        ) { waiter in
            for endpoint in tried { endpoint.connect(for: waiter) }
        }
    }

    private func ready(_ endpoint: RPCEndpoint) -> RPCEndpoint.Connected? {
        if let connection = endpoint.available { return (endpoint, connection) }
        endpoint.warmUp()
        return nil
    }

    // MARK: What calls came to

    /// A call was answered.
    func succeeded(_ endpoint: RPCEndpoint) {
        if self.only == nil { endpoint.tally.succeeded() }
    }

    /// A call failed: counts what that says about the endpoint.
    func failed(_ endpoint: RPCEndpoint, _ error: any Error) {
        guard self.only == nil else { return }
        switch EndpointVerdict(error) {
        case .works: endpoint.tally.succeeded()
        case .suspect: _ = endpoint.tally.failed(isTelling: false)
        case .broken:
            let consecutive = endpoint.tally.failed(isTelling: true)
            self.wantResolution()
            let now = self.clock.now()
            self.state.withLock { state in
                let action = state.ejector.failed(endpoint.id, consecutive: consecutive, at: now)
                if let action { self.apply([action], to: &state) }
            }
        case .nothing: break
        }
    }

    // MARK: The end

    /// Retires all endpoints and returns when their connections are closed.
    func shutDown() async {
        let (endpoints, tasks, waiters) = self.state.withLock { state in
            state.isShutDown = true
            defer { state.waiters = [] }
            return (
                state.members + state.leaving, [state.upkeep, state.resolution], state.waiters
            )
        }
        for endpoint in endpoints { endpoint.retire() }
        for waiter in waiters {
            waiter.fail(HTTP2ClientError.notProcessed("this process is shutting down"))
        }
        for task in tasks { task?.cancel() }
        for endpoint in endpoints { await endpoint.closed() }
        for task in tasks { await task?.value }
    }
}
