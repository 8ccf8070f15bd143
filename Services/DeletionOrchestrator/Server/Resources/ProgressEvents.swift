import DeletionOrchestratorDomain
import JSONAPI
import PublicHTTP

/// A deletion's progress as server-sent events: `progress` after each change, `done` at the end.
struct ProgressEvents: AsyncSequence, Sendable {
    typealias Element = ServerEvent
    typealias Failure = any Error

    let changes: AsyncStream<Void>
    let view: @Sendable () async throws -> DeletionView?

    init(
        changes: AsyncStream<Void>, view: @escaping @Sendable () async throws -> DeletionView?
    ) {
        self.changes = changes
        self.view = view
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(changes: self.changes.makeAsyncIterator(), view: self.view)
    }

    /// Reads the deletion after each change.
    struct AsyncIterator: AsyncIteratorProtocol {
        var changes: AsyncStream<Void>.AsyncIterator
        let view: @Sendable () async throws -> DeletionView?
        var isOver = false

        mutating func next() async throws -> ServerEvent? {
            try await self.next(isolation: #isolation)
        }

        mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws -> ServerEvent? {
            if self.isOver { return nil }
            guard await self.changes.next(isolation: actor) != nil,
                let view = try await self.view()
            else { return nil }
            self.isOver = view.job.state == .done
            return ServerEvent(
                name: self.isOver ? "done" : "progress", data: Document(view.resource).json.text)
        }
    }
}
