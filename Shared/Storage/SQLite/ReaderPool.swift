import GRDB
import Metrics
import Synchronization

/// The connections that read, and the queue before them.
final class ReaderPool: Sendable {
    /// A read that runs on a reader's thread when it has its turn, or is told why not.
    typealias Read = @Sendable (Result<Turn, StorageError>) -> Void

    /// One read's time on a reader.
    struct Turn {
        let handle: SQLiteHandle
        /// When the read has to be over.
        let deadline: ContinuousClock.Instant
        fileprivate let pool: ReaderPool
        fileprivate let reader: Int

        /// From here on nothing cuts the read off.
        ///
        /// An interrupt is forgotten when the connection's next statement starts, so what ends the
        /// snapshot after this cannot fail for one.
        func beginEnding() {
            self.pool.state.withLock { $0.deadlines[self.reader] = nil }
        }
    }

    private let readers: [DatabaseQueue]
    private let limits: StorageLimits
    private let metrics: StorageMetrics
    private let state: Mutex<State>

    private struct State {
        var idle: [Int]
        var deadlines: [ContinuousClock.Instant?]
        var waiting: [Read] = []
        var isClosed = false
        var whenIdle: CheckedContinuation<Void, Never>?
    }

    /// Opens the readers of a database that a writer has open already.
    init(
        path: String, limits: StorageLimits, metrics: StorageMetrics
    ) throws(StorageError) {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.label = "storage reader"
        configuration.prepareDatabase { handle in
            try handle.execute(sql: "PRAGMA temp_store = MEMORY")
            try handle.execute(sql: "PRAGMA trusted_schema = OFF")
        }
        let count = max(1, limits.readersMax)
        do {
            self.readers = try (0..<count).map { [configuration] _ in
                try DatabaseQueue(path: path, configuration: configuration)
            }
        } catch {
            throw StorageError(sqlite: error)
        }
        self.limits = limits
        self.metrics = metrics
        self.state = Mutex(
            State(
                idle: Array((0..<count).reversed()),
                deadlines: Array(repeating: nil, count: count)))
    }

    /// Runs a read on a reader's thread, now or when one is free.
    func submit(_ read: @escaping Read) {
        enum Admission { case start(Int, ContinuousClock.Instant), queued, refused(StorageError) }
        let admission: Admission = self.state.withLock { state in
            if state.isClosed {
                return .refused(StorageError(.closed, "the database is closed"))
            }
            if let reader = state.idle.popLast() {
                return .start(reader, self.occupy(reader, &state))
            }
            guard state.waiting.count < self.limits.readsWaitingMax else {
                return .refused(
                    StorageError(
                        .busy, "\(self.limits.readsWaitingMax) reads are waiting already"))
            }
            state.waiting.append(read)
            return .queued
        }
        switch admission {
        case .start(let reader, let deadline): self.start(read, on: reader, until: deadline)
        case .queued: break
        case .refused(let error):
            self.metrics.refused.increment()
            read(.failure(error))
        }
    }

    /// Runs a read on the calling thread if a reader is idle; otherwise answers `nil`.
    func runIfIdle<Value>(
        _ read: (Turn) throws -> Value
    ) throws -> Value? {
        let taken: (Int, ContinuousClock.Instant)? = self.state.withLock { state in
            guard !state.isClosed, let reader = state.idle.popLast() else { return nil }
            return (reader, self.occupy(reader, &state))
        }
        guard let (reader, deadline) = taken else { return nil }
        defer {
            if let (next, deadline) = self.finish(reader) {
                self.start(next, on: reader, until: deadline)
            }
        }
        return try self.readers[reader].unsafeRead {
            try read(Turn(handle: $0, deadline: deadline, pool: self, reader: reader))
        }
    }

    /// Cuts off reads that have held their snapshot for too long.
    func interruptOverdue(now: ContinuousClock.Instant) {
        self.state.withLock { state in
            // Under the lock, so that the read interrupted is the one that is late.
            for (reader, deadline) in zip(self.readers, state.deadlines) {
                guard let deadline, deadline <= now else { continue }
                reader.interrupt()
                self.metrics.readsCutOff.increment()
            }
        }
    }

    /// Lets no more reads in, waits for those that run, and closes the connections.
    func close() async throws {
        let refused = self.state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for read in refused { read(.failure(StorageError(.closed, "the database is closed"))) }
        await withCheckedContinuation { continuation in
            let isIdle = self.state.withLock { state in
                if state.idle.count == self.readers.count { return true }
                state.whenIdle = continuation
                return false
            }
            if isIdle { continuation.resume() }
        }
        for reader in self.readers {
            do { try reader.close() } catch { throw StorageError(sqlite: error) }
        }
    }

    private func occupy(_ reader: Int, _ state: inout State) -> ContinuousClock.Instant {
        let deadline = ContinuousClock.now + .milliseconds(self.limits.readMillisecondsMax)
        state.deadlines[reader] = deadline
        return deadline
    }

    private func start(
        _ read: @escaping Read, on reader: Int, until deadline: ContinuousClock.Instant
    ) {
        self.readers[reader].asyncUnsafeRead { handle in
            var next: (Read, ContinuousClock.Instant)? = (read, deadline)
            while let (read, deadline) = next {
                read(
                    handle.mapError { StorageError(sqlite: $0) }.map {
                        Turn(handle: $0, deadline: deadline, pool: self, reader: reader)
                    })
                next = self.finish(reader)
            }
        }
    }

    /// The next read for a reader that is done with one; without one the reader is idle.
    private func finish(_ reader: Int) -> (Read, ContinuousClock.Instant)? {
        let (next, whenIdle) = self.state.withLock {
            state -> ((Read, ContinuousClock.Instant)?, CheckedContinuation<Void, Never>?) in
            if !state.waiting.isEmpty {
                return ((state.waiting.removeFirst(), self.occupy(reader, &state)), nil)
            }
            state.deadlines[reader] = nil
            state.idle.append(reader)
            guard state.idle.count == self.readers.count else { return (nil, nil) }
            defer { state.whenIdle = nil }
            return (nil, state.whenIdle)
        }
        whenIdle?.resume()
        return next
    }
}
