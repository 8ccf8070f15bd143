/// A write that waits for the writer, with its caller.
struct PendingWrite: Sendable {
    /// Carries the write out and answers what to call once it is durable.
    let perform: @Sendable (any WriteTransaction) throws -> @Sendable () -> Void
    /// Tells the caller that nothing was changed, or that nobody knows.
    let fail: @Sendable (any Error) -> Void

    /// Makes a write that resumes `continuation` exactly once.
    init<Value: Sendable>(
        _ body: @escaping @Sendable (any WriteTransaction) throws -> Value,
        _ continuation: CheckedContinuation<Value, any Error>
    ) {
        self.perform = { transaction in
            let value = try body(transaction)
            return { continuation.resume(returning: value) }
        }
        self.fail = { continuation.resume(throwing: $0) }
    }
}

/// Which writes wait, and whether the writer is at work on them.
///
/// A value without a clock or a thread: the writer asks it what to do.
struct WriteBacklog: Sendable {
    private(set) var waiting: [PendingWrite] = []
    private(set) var isWriterAwake = false
    private(set) var isClosing = false
    private(set) var isAbandoned = false

    /// What to do after a write was handed in.
    enum Admission {
        /// The writer is asleep: have it run.
        case wakeWriter
        /// The writer is at work and will come to it.
        case queued
        /// Tell the caller no.
        case refused(StorageError)
    }

    /// Takes a write in, unless too many wait or the database is closed.
    mutating func admit(_ write: PendingWrite, max: Int) -> Admission {
        if self.isClosing || self.isAbandoned {
            return .refused(StorageError(.closed, "the database is closed"))
        }
        guard self.waiting.count < max else {
            return .refused(StorageError(.busy, "\(max) writes are waiting already"))
        }
        self.waiting.append(write)
        if self.isWriterAwake { return .queued }
        self.isWriterAwake = true
        return .wakeWriter
    }

    /// The next batch, in the order of arrival; when nothing waits the writer goes to sleep.
    mutating func next(max: Int) -> [PendingWrite] {
        let batch = Array(self.waiting.prefix(max))
        self.waiting.removeFirst(batch.count)
        if batch.isEmpty { self.isWriterAwake = false }
        return batch
    }

    /// Lets no more writes in, while those that wait are still carried out; false the second time.
    mutating func close() -> Bool {
        defer { self.isClosing = true }
        return !self.isClosing
    }

    /// Lets no more writes in and gives back those that wait.
    mutating func abandon() -> [PendingWrite] {
        self.isAbandoned = true
        defer { self.waiting = [] }
        return self.waiting
    }
}
