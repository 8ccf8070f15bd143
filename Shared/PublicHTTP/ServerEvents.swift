import Synchronization

/// Events pulled one at a time, so that a slow reader slows the writer.
public struct ServerEvents: Sendable {
    private let pull: @Sendable () async throws -> ServerEvent?

    /// Takes events from a sequence; it is iterated once.
    public init<Events: AsyncSequence & Sendable>(_ events: Events)
    where Events.Element == ServerEvent {
        let iterator = IteratorBox(events.makeAsyncIterator())
        self.pull = { try await iterator.next() }
    }

    /// The next event as bytes; `nil` at the end, and once the listener drains: streams would
    /// otherwise hold up every shutdown, and their clients connect again by themselves.
    func next(until drain: DrainSignal) async throws -> [UInt8]? {
        if drain.isGiven { return nil }
        let event = try await withThrowingTaskGroup(of: ServerEvent?.self) { group in
            group.addTask { try await self.pull() }
            group.addTask {
                await drain.wait()
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        return event?.bytes
    }
}

/// The only iterator of a sequence, used by one pull at a time.
///
/// Unchecked, because an iterator is not Sendable: `ServerEvents` never starts a pull before the
/// one before has ended, which is what makes handing it from task to task sound.
private final class IteratorBox<Iterator: AsyncIteratorProtocol>: @unchecked Sendable
where Iterator.Element == ServerEvent {
    private var iterator: Iterator

    init(_ iterator: Iterator) { self.iterator = iterator }

    func next() async throws -> ServerEvent? { try await self.iterator.next() }
}
