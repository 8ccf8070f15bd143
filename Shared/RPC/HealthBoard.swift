import Synchronization

/// Where a process writes how it is, and watchers read it.
///
/// A service is ready when the process is and nothing was written about the service itself that
/// says otherwise.
public final class HealthBoard: Sendable {
    private struct Watcher {
        let service: String?
        let continuation: AsyncStream<HealthStatus>.Continuation
    }

    private struct State {
        var whole = HealthStatus(isServing: true)
        var services: [String: HealthStatus] = [:]
        var isEnding = false
        var watchers: [Int: Watcher] = [:]
        var nextWatcher = 0

        func status(of service: String?) -> HealthStatus {
            if self.isEnding { return HealthStatus(isServing: false, reasons: ["shutting down"]) }
            guard let service, let own = self.services[service] else { return self.whole }
            return HealthStatus(
                isServing: self.whole.isServing && own.isServing,
                reasons: self.whole.reasons + own.reasons)
        }
    }

    private let state = Mutex(State())

    /// Makes a board that says "serving".
    public init() {}

    /// How the process is.
    public var status: HealthStatus { self.status(of: nil) }

    /// How a service is; without a name, how the process is.
    public func status(of service: String?) -> HealthStatus {
        self.state.withLock { $0.status(of: service) }
    }

    /// Writes how the process is; watchers are told when that changes what they watch.
    ///
    /// - Returns: whether something else was written before.
    @discardableResult
    public func set(_ status: HealthStatus) -> Bool {
        self.change { state in
            defer { state.whole = status }
            return state.whole != status
        }
    }

    /// Writes how one service is, beyond how the process is.
    public func set(_ status: HealthStatus, of service: String) {
        self.change { $0.services[service] = status }
    }

    /// Says "shutting down" from now on, whatever is written, and ends the watchers' streams after
    /// telling them so.
    public func end() {
        self.change { $0.isEnding = true }
        let watchers = self.state.withLock { $0.watchers.values.map(\.continuation) }
        for watcher in watchers { watcher.finish() }
    }

    /// How a service, or the process, is now and at each change, until the board ends; a slow
    /// reader sees the newest only.
    ///
    /// - Throws: `resource_exhausted` when there are as many watchers as may be.
    public func changes(of service: String? = nil) throws(RPCError) -> AsyncStream<HealthStatus> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: HealthStatus.self, bufferingPolicy: .bufferingNewest(1))
        let added = self.state.withLock { state -> (number: Int, isEnding: Bool)? in
            guard state.watchers.count < RPCLimits.watchersMax else { return nil }
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = Watcher(
                service: service, continuation: continuation)
            continuation.yield(state.status(of: service))
            return (state.nextWatcher, state.isEnding)
        }
        guard let added else {
            throw RPCError(
                .resourceExhausted, "as many watch the health as may",
                retryPushbackMilliseconds: RPCLimits.watchersPushbackMilliseconds)
        }
        continuation.onTermination = { _ in
            self.state.withLock { $0.watchers[added.number] = nil }
        }
        if added.isEnding { continuation.finish() }
        return stream
    }

    /// Changes something and tells those whose status it changes.
    ///
    /// Told under the lock, so that two changes reach nobody in the wrong order: yielding to a
    /// stream that keeps the newest only neither waits nor calls back.
    private func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        self.state.withLock { state in
            let before = state.watchers.mapValues { state.status(of: $0.service) }
            let result = body(&state)
            for (number, watcher) in state.watchers {
                let status = state.status(of: watcher.service)
                if before[number] != status { watcher.continuation.yield(status) }
            }
            return result
        }
    }
}
