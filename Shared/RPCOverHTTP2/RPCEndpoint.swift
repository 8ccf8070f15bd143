import HTTP2
import NIOCore
import NIOSSL
import Synchronization

/// One place where a service listens, and the connection to it.
final class RPCEndpoint: Sendable {
    private enum State {
        /// Not connected; the next attempt may begin at `notBefore`.
        case idle(failures: Int, notBefore: NIODeadline)
        case connecting(Connecting)
        case connected(HTTP2ClientConnection)
        case shutDown
    }

    private struct Connecting {
        var failures: Int
        var task: Task<Void, Never>?
        var waiters: [Waiter]
    }

    private let address: HTTP2Address
    private let tls: NIOSSLContext?
    private let serverName: String?
    private let limits: HTTP2ClientLimits
    private let group: any EventLoopGroup
    private let state = Mutex<State>(.idle(failures: 0, notBefore: .uptimeNanoseconds(0)))

    init(
        _ address: HTTP2Address, tls: NIOSSLContext?, serverName: String?,
        limits: HTTP2ClientLimits, group: any EventLoopGroup
    ) {
        self.address = address
        self.tls = tls
        self.serverName = serverName
        self.limits = limits
        self.group = group
    }

    /// Calls under way, or `Int.max` when there is no connection.
    var load: Int {
        self.state.withLock { state in
            guard case .connected(let connection) = state, connection.isAvailable else {
                return .max
            }
            return connection.outstandingCalls
        }
    }

    /// The connection, made now if need be.
    ///
    /// - Throws: ``HTTP2ClientError``: `notProcessed` when the attempt failed, `timedOut` when
    ///   `deadline` came first, and `CancellationError`.
    func connection(until deadline: NIODeadline?) async throws -> HTTP2ClientConnection {
        let available = self.state.withLock { state -> HTTP2ClientConnection? in
            guard case .connected(let connection) = state, connection.isAvailable else {
                return nil
            }
            return connection
        }
        if let available { return available }
        let waiter = Waiter()
        let timer = deadline.map { deadline in
            self.group.any().scheduleTask(deadline: deadline) {
                waiter.finish(.failure(HTTP2ClientError.timedOut))
            }
        }
        defer { timer?.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiter.begin(continuation)
                self.wait(waiter)
            }
        } onCancel: {
            waiter.finish(.failure(CancellationError()))
        }
    }

    /// Lets a waiter have the connection, and begins an attempt unless one is under way.
    private func wait(_ waiter: Waiter) {
        let result = self.state.withLock { state -> Result<HTTP2ClientConnection, any Error>? in
            switch state {
            case .connected(let connection) where connection.isAvailable:
                return .success(connection)
            case .connected:
                state = self.begin(failures: 0, notBefore: .uptimeNanoseconds(0), waiter)
            case .idle(let failures, let notBefore):
                state = self.begin(failures: failures, notBefore: notBefore, waiter)
            case .connecting(var connecting):
                connecting.waiters.append(waiter)
                state = .connecting(connecting)
            case .shutDown:
                return .failure(HTTP2ClientError.notProcessed("this process is shutting down"))
            }
            return nil
        }
        if let result { waiter.finish(result) }
    }

    private func begin(failures: Int, notBefore: NIODeadline, _ waiter: Waiter) -> State {
        // Owned: it ends with the attempt, and `shutDown` cancels it.
        let task = Task.detached { await self.attempt(failures: failures, notBefore: notBefore) }
        return .connecting(Connecting(failures: failures, task: task, waiters: [waiter]))
    }

    private func attempt(failures: Int, notBefore: NIODeadline) async {
        let wait = notBefore - .now()
        let result: Result<HTTP2ClientConnection, any Error>
        do {
            if wait > .zero { try await Task.sleep(for: .nanoseconds(wait.nanoseconds)) }
            result = .success(
                try await HTTP2ClientConnection.connect(
                    to: self.address, tls: self.tls, serverName: self.serverName,
                    limits: self.limits, group: self.group))
        } catch {
            result = .failure(error)
        }
        let waiters = self.state.withLock { state -> [Waiter] in
            guard case .connecting(let connecting) = state else {
                if case .success(let connection) = result { connection.close() }
                return []
            }
            switch result {
            case .success(let connection): state = .connected(connection)
            case .failure:
                state = .idle(
                    failures: failures + 1, notBefore: .now() + Self.wait(after: failures))
            }
            return connecting.waiters
        }
        for waiter in waiters { waiter.finish(result) }
    }

    /// Doubles with each failure, and is spread so that callers do not return all at once.
    private static func wait(after failures: Int) -> TimeAmount {
        let ceiling = min(
            CarrierBounds.reconnectMillisecondsMin << Int64(min(failures, 16)),
            CarrierBounds.reconnectMillisecondsMax)
        return .milliseconds(Int64.random(in: ceiling / 2...ceiling))
    }

    /// Drains the connection and returns when it is closed.
    func shutDown() async {
        let before = self.state.withLock { state in
            defer { state = .shutDown }
            return state
        }
        switch before {
        case .connected(let connection):
            connection.drain()
            await connection.closed()
        case .connecting(let connecting):
            connecting.task?.cancel()
            for waiter in connecting.waiters {
                waiter.finish(
                    .failure(HTTP2ClientError.notProcessed("this process is shutting down")))
            }
            await connecting.task?.value
        case .idle, .shutDown: break
        }
    }
}

/// A call that waits for a connection; whoever finishes it first decides.
private final class Waiter: Sendable {
    private typealias Continuation = CheckedContinuation<HTTP2ClientConnection, any Error>

    private enum State {
        case new
        case waiting(Continuation)
        case finished(Result<HTTP2ClientConnection, any Error>)
    }

    private let state = Mutex<State>(.new)

    func begin(_ continuation: CheckedContinuation<HTTP2ClientConnection, any Error>) {
        let result = self.state.withLock { state -> Result<HTTP2ClientConnection, any Error>? in
            if case .finished(let result) = state { return result }
            state = .waiting(continuation)
            return nil
        }
        if let result { continuation.resume(with: result) }
    }

    func finish(_ result: Result<HTTP2ClientConnection, any Error>) {
        let continuation = self.state.withLock { state -> Continuation? in
            switch state {
            case .new:
                state = .finished(result)
                return nil
            case .waiting(let continuation):
                state = .finished(result)
                return continuation
            case .finished: return nil
            }
        }
        continuation?.resume(with: result)
    }
}
