public import Logging
import Synchronization

/// Sends what is in an outbox until it is empty, and whenever something is put in.
///
/// Reads the table when it starts, after each commit that put something in, when a message put off
/// is due again, and at the latest every five seconds. It never gives a message up. Destinations do
/// not wait for one another.
public struct OutboxRelay: Sendable {
    /// Sends a message and returns once the destination has stored it durably.
    ///
    /// What it throws is recorded with the message, which is tried again later.
    public typealias Send = @Sendable (OutboxMessage) async throws -> Void

    private let outbox: Outbox
    private let database: any Database
    private let limits: OutboxLimits
    private let wallClock: any WallClock
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Makes a relay; at any time one relay runs for an outbox.
    public init(
        _ outbox: Outbox, database: any Database, limits: OutboxLimits = OutboxLimits(),
        wallClock: any WallClock = SystemWallClock(),
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger = Logger(label: "outbox")
    ) {
        self.outbox = outbox
        self.database = database
        self.limits = limits
        self.wallClock = wallClock
        self.clock = clock
        self.logger = logger
    }

    /// Sends until the task is cancelled.
    ///
    /// Messages on their way when that happens are cancelled too; they are sent again by the next
    /// run.
    public func run(send: @escaping Send) async {
        let underway = Underway()
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let wait: Int64
                do {
                    let (entries, next) = try await self.scan(underway)
                    for entry in entries {
                        group.addTask { await self.carry(entry, underway, send) }
                    }
                    wait = next
                } catch {
                    self.logger.warning(
                        "the outbox cannot be read", metadata: ["error": "\(error)"])
                    wait = self.limits.scanMillisecondsMax
                }
                await self.outbox.signal.wait(for: .milliseconds(wait), clock: self.clock)
            }
            group.cancelAll()
        }
    }

    /// The messages to send now, marked as underway, and how many milliseconds to wait afterwards.
    private func scan(_ underway: Underway) async throws -> ([OutboxEntry], Int64) {
        let now = self.wallClock.nowMilliseconds
        try await self.hastenAfterClockChange(now: now)
        let busy = underway.entries.withLock { $0 }
        let (due, next) = try await self.database.read { transaction in
            var due: [OutboxEntry] = []
            for destination in try self.outbox.destinations(in: transaction) {
                // Those underway are still in the table and still due: look past them.
                let going = busy.values.count { $0 == destination }
                let free = self.limits.sendsPerDestinationMax - going
                guard free > 0 else { continue }
                due += try self.outbox.due(
                    for: destination, now: now, max: free + going, in: transaction
                ).filter { busy[$0.sequence] == nil }.prefix(free)
            }
            return (due, try self.outbox.nextDue(after: now, in: transaction))
        }
        underway.entries.withLock { entries in
            for entry in due { entries[entry.sequence] = entry.message.destination }
        }
        let longest = self.limits.scanMillisecondsMax
        return (due, min(longest, max(1, next.map { $0 - now } ?? longest)))
    }

    private func hastenAfterClockChange(now: Int64) async throws {
        let latest = now + self.limits.backoffMillisecondsMax
        let isLate = try await self.database.lookUp { transaction in
            try self.outbox.isWaiting(beyond: latest, in: transaction)
        }
        guard isLate else { return }
        try await self.database.write { transaction in
            try self.outbox.hasten(beyond: latest, now: now, in: transaction)
        }
    }

    private func carry(_ entry: OutboxEntry, _ underway: Underway, _ send: Send) async {
        do {
            try await send(entry.message)
            try await self.database.write { try self.outbox.remove(entry, in: $0) }
        } catch {
            await self.recordFailure(of: entry, error)
        }
        underway.entries.withLock { _ = $0.removeValue(forKey: entry.sequence) }
        self.outbox.signal.wake()
    }

    private func recordFailure(of entry: OutboxEntry, _ error: any Error) async {
        // A run that was cancelled leaves the message as it was, due at once for the next run.
        guard !Task.isCancelled else { return }
        var random = SystemRandomNumberGenerator()
        let wait = self.limits.backoffMilliseconds(failures: entry.attempts + 1, using: &random)
        let reason = String(String(describing: error).prefix(self.limits.errorCharactersMax))
        let next = self.wallClock.nowMilliseconds + wait
        self.logger.notice(
            "a message was not delivered",
            metadata: [
                "destination": "\(entry.message.destination)", "key": "\(entry.message.key)",
                "kind": "\(entry.message.kind)", "attempts": "\(entry.attempts + 1)",
                "error": "\(reason)",
            ])
        do {
            try await self.database.write { transaction in
                try self.outbox.putOff(entry, until: next, error: reason, in: transaction)
            }
        } catch {
            self.logger.warning("the outbox cannot be written", metadata: ["error": "\(error)"])
        }
    }

    /// The messages on their way: sequence number to destination.
    private final class Underway: Sendable {
        let entries = Mutex<[Int64: String]>([:])
    }
}
