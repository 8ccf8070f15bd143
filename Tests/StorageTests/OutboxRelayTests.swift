import Synchronization
import TestKit
import Testing

@testable import Storage

/// A relay on a database of its own, with clocks that stand still and a destination that obeys.
private struct Relay: Sendable {
    struct Unreachable: Error {}

    let database: SQLiteDatabase
    let wallClock = ManualWallClock()
    let clock = ManualClock()
    let outbox: Outbox
    let peer = Peer()

    /// Where messages arrive.
    final class Peer: Sendable {
        let arrived = Mutex<[OutboxMessage]>([])
        let unreachable = Mutex<Set<String>>([])
        let held = Mutex<[String: Gate]>([:])

        func send(_ message: OutboxMessage) async throws {
            let gate = self.held.withLock { $0[message.key] }
            self.arrived.withLock { $0.append(message) }
            await gate?.pass()
            let isUnreachable = self.unreachable.withLock { $0.contains(message.destination) }
            if isUnreachable { throw Unreachable() }
        }

        var keys: [String] { self.arrived.withLock { $0.map(\.key) } }
    }

    init() throws {
        self.database = try SQLiteStore().openSQLite([Outbox.migration])
        self.outbox = Outbox(clock: self.wallClock)
    }

    func enqueue(
        _ key: String, to destination: String = "peer", epoch: Int64 = 1, delay: Int64 = 0
    ) async throws {
        let message = OutboxMessage(
            destination: destination, key: key, epoch: epoch, kind: "State", payload: [])
        try await self.database.write {
            try self.outbox.enqueue(message, delayMilliseconds: delay, in: $0)
        }
    }

    /// Runs the relay while `body` does.
    func running(_ body: () async throws -> Void) async throws {
        let relay = OutboxRelay(
            self.outbox, database: self.database, wallClock: self.wallClock, clock: self.clock)
        let peer = self.peer
        let run = Task { await relay.run { try await peer.send($0) } }
        try await body()
        run.cancel()
        await run.value
        try await self.database.close()
    }

    func waiting(_ key: String) async throws -> [OutboxEntry] {
        try await self.database.read { try self.outbox.waiting(about: key, in: $0) }
    }

    /// Looks again after each turn of the relay until `condition` holds.
    func until(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { await Task.yield() }
    }
}

@Suite(.timeLimit(.minutes(1))) struct OutboxRelayTests {
    @Test("what waits is sent at start and leaves the outbox once acknowledged")
    func atStart() async throws {
        let relay = try Relay()
        try await relay.enqueue("a")
        try await relay.running {
            try await relay.until { try await relay.waiting("a").isEmpty }
            #expect(relay.peer.keys == ["a"])
        }
    }

    @Test("a commit wakes a relay that waits")
    func wake() async throws {
        let relay = try Relay()
        try await relay.running {
            await relay.clock.untilSleeping()
            try await relay.enqueue("a")
            try await relay.until { try await relay.waiting("a").isEmpty }
        }
    }

    @Test("a message stays until it is acknowledged, and is sent again when it is due")
    func retry() async throws {
        let relay = try Relay()
        relay.peer.unreachable.withLock { _ = $0.insert("peer") }
        try await relay.enqueue("a")
        try await relay.running {
            for attempt in 1...3 {
                try await relay.until { try await relay.waiting("a").first?.attempts == attempt }
                let entry = try #require(try await relay.waiting("a").first)
                let bound = Int64(50) << Int64(attempt - 1)
                let wait = entry.nextAttemptAt - relay.wallClock.nowMilliseconds
                #expect((1...bound).contains(wait))
                #expect(entry.lastError?.contains("Unreachable") == true)
                #expect(relay.peer.keys.count == attempt)
                if attempt == 3 { relay.peer.unreachable.withLock { $0 = [] } }
                relay.wallClock.advance(milliseconds: wait)
                // Whichever wait the relay is in by now, it ends.
                relay.outbox.signal.wake()
            }
            try await relay.until { try await relay.waiting("a").isEmpty }
            #expect(relay.peer.keys == ["a", "a", "a", "a"])
        }
    }

    @Test("the wait ends by itself when a message put off is due")
    func dueByClock() async throws {
        let relay = try Relay()
        relay.peer.unreachable.withLock { _ = $0.insert("peer") }
        try await relay.enqueue("a")
        try await relay.running {
            try await relay.until { try await relay.waiting("a").first?.attempts == 1 }
            relay.peer.unreachable.withLock { $0 = [] }
            relay.wallClock.advance(milliseconds: 50)
            try await relay.until {
                relay.clock.advance(by: .seconds(5))
                return try await relay.waiting("a").isEmpty
            }
        }
    }

    @Test("a message that is to wait is not sent before its time, and then it is")
    func delayed() async throws {
        let relay = try Relay()
        try await relay.enqueue("late", delay: 50)
        try await relay.enqueue("now")
        try await relay.running {
            try await relay.until { try await relay.waiting("now").isEmpty }
            #expect(relay.peer.keys == ["now"])
            relay.wallClock.advance(milliseconds: 50)
            try await relay.until {
                relay.clock.advance(by: .seconds(5))
                return try await relay.waiting("late").isEmpty
            }
        }
    }

    @Test("a newer message that comes while one is underway is sent too")
    func replacedUnderway() async throws {
        let relay = try Relay()
        let gate = Gate()
        relay.peer.held.withLock { $0["a"] = gate }
        try await relay.enqueue("a", epoch: 1)
        try await relay.running {
            try await relay.until { relay.peer.keys == ["a"] }
            try await relay.enqueue("a", epoch: 2)
            gate.open()
            try await relay.until { try await relay.waiting("a").isEmpty }
            #expect(relay.peer.arrived.withLock { $0.map(\.epoch) } == [1, 2])
        }
    }

    @Test("a destination that does not answer keeps only its own messages waiting")
    func deadDestination() async throws {
        let relay = try Relay()
        let never = Gate()
        for number in 1...20 {
            relay.peer.held.withLock { $0["dead \(number)"] = never }
            try await relay.enqueue("dead \(number)", to: "dead")
        }
        try await relay.enqueue("a", to: "live")
        try await relay.running {
            try await relay.until { try await relay.waiting("a").isEmpty }
            let limit = OutboxLimits().sendsPerDestinationMax
            #expect(relay.peer.keys.count { $0.hasPrefix("dead") } == limit)
            never.open()
        }
    }

    @Test("a time of day that was set back does not keep messages waiting")
    func clockSetBack() async throws {
        let relay = try Relay()
        relay.wallClock.advance(milliseconds: 3_600_000)
        try await relay.enqueue("a")
        relay.wallClock.advance(milliseconds: -3_600_000)
        try await relay.running {
            try await relay.until { try await relay.waiting("a").isEmpty }
        }
    }

    @Test("the bound of the wait doubles from 50 ms to a minute and no further")
    func backoff() {
        let limits = OutboxLimits()
        var random = SystemRandomNumberGenerator()
        for (failures, bound) in [
            (1, 50), (2, 100), (5, 800), (11, 51_200), (12, 60_000), (99, 60_000),
        ] {
            for _ in 1...200 {
                let wait = limits.backoffMilliseconds(failures: failures, using: &random)
                #expect((1...Int64(bound)).contains(wait))
            }
        }
    }
}
