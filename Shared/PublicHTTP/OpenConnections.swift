import HTTP2
import NIOCore
import Synchronization

/// The connections of a listener: counted, told to finish, waited for.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var sources: ConnectionSources
        var isDraining = false
        var emptied: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let max: Int

    init(_ limits: PublicLimits) {
        self.state = Mutex(State(sources: ConnectionSources(max: limits.connectionsPerAddressMax)))
        self.max = limits.connectionsMax
    }

    var count: Int { self.state.withLock { $0.channels.count } }

    /// Takes a connection in for as long as it is open; false when it must be closed instead.
    func add(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let source = ConnectionSource(channel.remoteAddress)
        let isTaken = self.state.withLock { state in
            guard !state.isDraining, state.channels.count < self.max, state.sources.add(source)
            else { return false }
            state.channels[id] = channel
            return true
        }
        if isTaken { channel.closeFuture.whenComplete { _ in self.remove(id, source) } }
        return isTaken
    }

    private func remove(_ id: ObjectIdentifier, _ source: ConnectionSource?) {
        let emptied = self.state.withLock { state in
            state.channels[id] = nil
            state.sources.remove(source)
            guard state.channels.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.emptied = [] }
            return state.emptied
        }
        for continuation in emptied { continuation.resume() }
    }

    /// Tells every connection to finish and returns when all are closed; cuts off what is left
    /// after `grace`.
    func drain(grace: TimeAmount, on loop: any EventLoop) async {
        let channels = self.state.withLock { state in
            state.isDraining = true
            return Array(state.channels.values)
        }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
        let cut = loop.scheduleTask(in: grace) {
            let rest = self.state.withLock { Array($0.channels.values) }
            for channel in rest { channel.close(promise: nil) }
        }
        await withCheckedContinuation { continuation in
            let isEmpty = self.state.withLock { state in
                if !state.channels.isEmpty { state.emptied.append(continuation) }
                return state.channels.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
        cut.cancel()
    }
}
