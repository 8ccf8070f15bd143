import HTTP2
import NIOCore
import NIOSSL
import RPC
import Synchronization

/// One place where a service listens, and the connection to it.
final class RPCEndpoint: Sendable {
    typealias Connected = (endpoint: RPCEndpoint, connection: HTTP2ClientConnection)

    /// How endpoints of a peer are connected to.
    struct Settings: Sendable {
        let tls: NIOSSLContext?
        let serverName: String?
        let connectionLimits: HTTP2ClientLimits
        let reconnectMillisecondsMax: Int
        let group: any EventLoopGroup
        let metrics: PeerMetrics
    }

    private enum State {
        /// Not connected; the next attempt may begin at `notBefore`.
        case idle(failures: Int, notBefore: NIODeadline)
        case connecting(Connecting)
        case connected(HTTP2ClientConnection)
        /// Takes no more calls.
        case retired(Task<Void, Never>?)
    }

    private struct Connecting {
        var task: Task<Void, Never>
        var waiters: [FirstResult<Connected>]
    }

    let id: EndpointID
    let address: HTTP2Address
    let tally = EndpointTally()
    private let settings: Settings
    /// Told when connecting failed.
    private let onFailure: @Sendable () -> Void
    private let state = Mutex<State>(.idle(failures: 0, notBefore: .uptimeNanoseconds(0)))
    /// Connections that take no more calls, but carry some to their end.
    private let draining = Mutex<[HTTP2ClientConnection]>([])

    init(
        _ id: EndpointID, _ address: HTTP2Address, _ settings: Settings,
        onFailure: @escaping @Sendable () -> Void
    ) {
        self.id = id
        self.address = address
        self.settings = settings
        self.onFailure = onFailure
    }

    /// The connection, if there is one that takes calls.
    var available: HTTP2ClientConnection? {
        self.state.withLock { state in
            guard case .connected(let connection) = state, connection.isAvailable else {
                return nil
            }
            return connection
        }
    }

    /// The connection, made now if need be.
    ///
    /// - Throws: ``HTTP2ClientError``: `notProcessed` when the attempt failed, `timedOut` when
    ///   `deadline` came first, and `CancellationError`.
    func connection(until deadline: NIODeadline?) async throws -> HTTP2ClientConnection {
        if let available = self.available { return available }
        return try await FirstResult<Connected>().value(
            until: deadline, late: HTTP2ClientError.timedOut, on: self.settings.group.any()
        ) { waiter in
            self.connect(for: waiter)
        }.connection
    }

    /// Lets a waiter have the connection, and begins an attempt unless one is under way.
    func connect(for waiter: FirstResult<Connected>) {
        let result = self.state.withLock { state -> Result<Connected, any Error>? in
            switch state {
            case .connected(let connection) where connection.isAvailable:
                return .success((self, connection))
            case .connected(let connection):
                self.keepUntilClosed(connection)
                state = self.begin(failures: 0, notBefore: .now(), isReturning: true, [waiter])
            case .idle(let failures, let notBefore):
                state = self.begin(
                    failures: failures, notBefore: notBefore, isReturning: false, [waiter])
            case .connecting(var connecting):
                connecting.waiters.append(waiter)
                state = .connecting(connecting)
            case .retired: return .failure(Self.retirement)
            }
            return nil
        }
        switch result {
        case .success(let connected): waiter.succeed(connected)
        case .failure(let error): waiter.fail(error)
        case nil: break
        }
    }

    /// Begins to connect for calls to come, when nothing speaks against it.
    func warmUp() {
        self.state.withLock { state in
            switch state {
            case .connected(let connection) where !connection.isAvailable:
                self.keepUntilClosed(connection)
                state = self.begin(failures: 0, notBefore: .now(), isReturning: true, [])
            case .idle(let failures, let notBefore) where notBefore <= .now():
                state = self.begin(
                    failures: failures, notBefore: notBefore, isReturning: false, [])
            case .idle, .connected, .connecting, .retired: break
            }
        }
    }

    private func begin(
        failures: Int, notBefore: NIODeadline, isReturning: Bool,
        _ waiters: [FirstResult<Connected>]
    ) -> State {
        let patience =
            isReturning
            ? notBefore + .milliseconds(Int64(self.settings.reconnectMillisecondsMax)) : notBefore
        // Owned: it ends with the attempt, and retiring cancels it.
        let task = Task.detached {
            await self.attempt(failures: failures, notBefore: notBefore, patience: patience)
        }
        return .connecting(Connecting(task: task, waiters: waiters))
    }

    /// Connects, again and again until `patience` is over.
    private func attempt(
        failures: Int, notBefore: NIODeadline, patience: NIODeadline
    ) async {
        var (failures, notBefore) = (failures, notBefore)
        while true {
            let failure: any Error
            do {
                let wait = notBefore - .now()
                if wait > .zero { try await Task.sleep(for: .nanoseconds(wait.nanoseconds)) }
                return self.connected(
                    try await HTTP2ClientConnection.connect(
                        to: self.address, tls: self.settings.tls,
                        serverName: self.settings.serverName,
                        limits: self.settings.connectionLimits, group: self.settings.group))
            } catch {
                failure = error
            }
            guard !Task.isCancelled else { return }
            self.settings.metrics.connectFailed()
            notBefore = .now() + Self.wait(after: failures)
            failures += 1
            self.onFailure()
            if notBefore >= patience {
                return self.gaveUp(failures: failures, notBefore: notBefore, failure)
            }
        }
    }

    private func connected(_ connection: HTTP2ClientConnection) {
        let metrics = self.settings.metrics
        metrics.connectionsChanged(by: 1)
        connection.whenClosed { metrics.connectionsChanged(by: -1) }
        let waiters = self.state.withLock { state -> [FirstResult<Connected>]? in
            guard case .connecting(let connecting) = state else { return nil }
            state = .connected(connection)
            return connecting.waiters
        }
        guard let waiters else { return connection.close() }
        for waiter in waiters { waiter.succeed((self, connection)) }
    }

    private func gaveUp(failures: Int, notBefore: NIODeadline, _ error: any Error) {
        let waiters = self.state.withLock { state -> [FirstResult<Connected>] in
            guard case .connecting(let connecting) = state else { return [] }
            state = .idle(failures: failures, notBefore: notBefore)
            return connecting.waiters
        }
        for waiter in waiters { waiter.fail(error) }
    }

    /// Doubles with each failure, and is spread so that callers do not return all at once.
    private static func wait(after failures: Int) -> TimeAmount {
        let ceiling = min(
            CarrierBounds.reconnectMillisecondsMin << Int64(min(failures, 16)),
            CarrierBounds.reconnectMillisecondsMax)
        return .milliseconds(Int64.random(in: ceiling / 2...ceiling))
    }

    private func keepUntilClosed(_ connection: HTTP2ClientConnection) {
        self.draining.withLock { draining in
            draining.removeAll { !$0.isOpen }
            if connection.isOpen { draining.append(connection) }
        }
    }

    private static let retirement = HTTP2ClientError.notProcessed(
        "the endpoint takes no more calls")

    /// Takes no more calls; the connection closes when those under way have ended.
    func retire() {
        let waiters = self.state.withLock { state -> [FirstResult<Connected>] in
            switch state {
            case .connected(let connection):
                self.keepUntilClosed(connection)
                connection.drain()
                state = .retired(nil)
            case .connecting(let connecting):
                connecting.task.cancel()
                state = .retired(connecting.task)
                return connecting.waiters
            case .idle: state = .retired(nil)
            case .retired: break
            }
            return []
        }
        for waiter in waiters { waiter.fail(Self.retirement) }
    }

    /// Returns when an endpoint that was retired has no connection any more.
    func closed() async {
        let attempt = self.state.withLock { state -> Task<Void, Never>? in
            if case .retired(let attempt) = state { attempt } else { nil }
        }
        await attempt?.value
        for connection in self.draining.withLock({ $0 }) { await connection.closed() }
    }

    /// Whether there is nothing of a retired endpoint left to wait for.
    var isGone: Bool { self.draining.withLock { $0.allSatisfy { !$0.isOpen } } }
}
