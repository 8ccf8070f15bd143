import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import Storage
import Synchronization

/// What one worker is handed: its flow, then messages as they come and as it reports on them.
final class FlowFeed: Sendable {
    private struct State {
        var window = FeedWindow()
        var ready: [WorkerFeed.Element]
        var isStopping = false
        var isEnded = false
    }

    private enum Step {
        case give(WorkerFeed.Element)
        case end
        case look(FeedWindow.Request)
        case wait
    }

    let worker: WorkerID
    private let flow: FlowID
    private let database: any Database
    private let clock: any WallClock
    private let time: Timekeeper
    private let bell = Bell()
    private let state: Mutex<State>

    init(
        _ definition: FlowDefinition, for worker: WorkerID, database: any Database,
        clock: any WallClock, time: Timekeeper
    ) {
        self.worker = worker
        self.flow = definition.flow
        self.database = database
        self.clock = clock
        self.time = time
        self.state = Mutex(State(ready: [.flow(definition)]))
    }

    /// There may be messages that were not there before.
    func ring() { self.bell.ring() }

    /// Hands out nothing more, and tells the worker to end.
    func stop() {
        self.state.withLock { $0.isStopping = true }
        self.bell.ring()
    }

    /// Ends the feed: its worker is gone, or asked anew.
    func end() {
        self.state.withLock { $0.isEnded = true }
        self.bell.ring()
    }

    /// The message the worker carries, or will carry next, as far as is known.
    var head: ExecutionID? { self.state.withLock { $0.window.head } }

    /// The worker's report on a message is durable.
    func settled(_ execution: ExecutionID, willRetry: Bool) {
        self.state.withLock { state in
            guard willRetry else { return state.window.settle(execution) }
            state.window.takeBack(from: execution)
            // What is ready was behind it; before it there is only what was given away.
            state.ready.removeAll { if case .execution = $0 { true } else { false } }
        }
        self.bell.ring()
    }

    /// The next thing to do; `nil` when there will be nothing more.
    ///
    /// Waits without polling. Asked by one reader at a time.
    func next() async throws -> WorkerFeed.Element? {
        while true {
            try Task.checkCancellation()
            switch self.step() {
            case .give(let element): return element
            case .end: return nil
            case .wait: await self.bell.wait()
            case .look(let request): try await self.look(request)
            }
        }
    }

    private func step() -> Step {
        self.state.withLock { state in
            if state.isEnded { return .end }
            if state.isStopping {
                state.isEnded = true
                return .give(.stop)
            }
            if !state.ready.isEmpty { return .give(state.ready.removeFirst()) }
            return state.window.request.map(Step.look) ?? .wait
        }
    }

    /// Looks for messages, and waits when there is nothing to do yet.
    private func look(_ request: FeedWindow.Request) async throws {
        let flow = self.flow
        let found = try await self.database.read { transaction in
            try MessageStore.messages(
                of: flow, after: request.after, limit: request.limit, in: transaction)
        }
        let now = self.clock.nowMilliseconds
        let grant = self.state.withLock { state in
            let items = found.map { message in
                FeedWindow.Item(
                    sequence: message.sequence, execution: message.execution,
                    bytes: message.content.utf8.count, dueAt: message.dueAt)
            }
            let grant = state.window.grant(items, for: request, now: now)
            if case .handOut(let count) = grant {
                state.ready += found.prefix(count).map { .execution(WorkerFeed.Work($0)) }
            }
            return grant
        }
        switch grant {
        case .handOut(0): await self.bell.wait()
        case .handOut, .lookAgain: break
        case .notBefore(let due):
            await self.bell.wait(milliseconds: max(due - now, 1), self.time)
        }
    }
}

extension WorkerFeed.Work {
    init(_ message: MessageRow) {
        self.init(
            execution: message.execution, message: message.content, attempt: message.attempt)
    }
}

/// A feed as the stream of a call.
struct FlowFeedElements: AsyncSequence, Sendable {
    let feed: FlowFeed

    func makeAsyncIterator() -> Iterator { Iterator(feed: self.feed) }

    struct Iterator: AsyncIteratorProtocol {
        let feed: FlowFeed

        mutating func next() async throws -> WorkerFeed.Element? { try await self.feed.next() }
    }
}
