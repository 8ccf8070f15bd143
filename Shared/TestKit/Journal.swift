import Synchronization

/// A list that anybody may append to, for comparing what happened with what should have.
public final class Journal<Entry: Sendable>: Sendable {
    private let list = Mutex<[Entry]>([])

    /// Makes an empty list.
    public init() {}

    /// Appends an entry.
    public func append(_ entry: Entry) {
        self.list.withLock { $0.append(entry) }
    }

    /// What was appended so far, in order.
    public var entries: [Entry] { self.list.withLock { $0 } }
}
