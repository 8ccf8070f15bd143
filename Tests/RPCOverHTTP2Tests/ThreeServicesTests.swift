import HTTP2
import NIOCore
import RPC
import RPCOverHTTP2
import Synchronization
import TestKit
import Testing

/// A calls B calls C, over real sockets: what ends for the caller ends all the way down.
@Suite("Three services", .timeLimit(.minutes(1)))
struct ThreeServicesTests {
    /// A service that asks the next one of its kind; the last one waits until it is cancelled.
    enum Hop: RPCService {
        static let name = "hop.v1"
        static let methods: [RPCMethodDeclaration] = [.unary(Pass.self), .stream(Follow.self)]
    }

    @Message
    struct Pass: RPCMethod {
        typealias Service = Hop
        static let name = "Pass"
        static let repetition = Repetition.unsafe
        @Message
        struct Reply: Codable, Sendable {}
    }

    @Message
    struct Follow: RPCStreamMethod {
        typealias Service = Hop
        typealias Element = Int
        static let name = "Follow"
        static let repetition = Repetition.unsafe
    }

    /// One of the three, its listener, and what goes by in front of it.
    struct Stop {
        let state: StopState
        let listener: RPCListener
        let tap: FrameTap
        let peer: RPCPeer
    }

    final class StopState: Sendable {
        let began = Gate()
        /// Opened when its stream is asked for a second element.
        let waits = Gate()
        /// Opened when its handler has failed, for whatever reason.
        let ended = Gate()
        /// Opened when its handler has failed after it was cancelled.
        let cancelled = Gate()
        /// The deadline of the call, and when its handler was there.
        let seen = Mutex<(deadline: MonotonicInstant, at: MonotonicInstant)?>(nil)

        func begin() {
            if let deadline = CallContext.current.deadline {
                self.seen.withLock { $0 = (deadline, .now) }
            }
            self.began.open()
        }

        /// Runs `work` and notes whether it failed, and was cancelled.
        func watch<Result>(_ work: () async throws -> Result) async throws -> Result {
            do {
                return try await work()
            } catch {
                if Task.isCancelled { self.cancelled.open() }
                self.ended.open()
                throw error
            }
        }
    }

    static func routes(_ state: StopState, next: RPCClient<Hop>?) -> RPCRoutes<Hop> {
        var routes = RPCRoutes(Hop.self)
        routes.on(Pass.self) { request in
            state.begin()
            return try await state.watch {
                if let next { return try await next.send(request) }
                await Gate().pass()
                throw CancellationError()
            }
        }
        routes.onStream(Follow.self) { request in
            state.begin()
            let upstream = try await state.watch { try await next?.stream(request) }
            let given = Mutex(0)
            return AsyncThrowingStream<Int, any Error> {
                let isFirst = given.withLock { count in
                    defer { count += 1 }
                    return count == 0
                }
                if !isFirst { state.waits.open() }
                return try await state.watch {
                    if let upstream {
                        var iterator = upstream.makeAsyncIterator()
                        return try await iterator.next()
                    }
                    if isFirst { return 1 }
                    await Gate().pass()
                    throw CancellationError()
                }
            }
        }
        return routes
    }

    /// Starts C, B and A, each knowing the one before; `body` gets A, B, C and a client of A.
    static func withServices(_ body: (RPCClient<Hop>, [Stop]) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        var stops: [Stop] = []
        for name in ["c", "b", "a"] {
            let state = StopState()
            let client = stops.first.map { RPCClient(Hop.self, carry: $0.peer.carry) }
            let listener = try await RPCListener.bind(
                to: .unixSocket(path: folder.file(name)),
                router: try RPCRouter([Self.routes(state, next: client)], access: .everyone),
                group: CarrierTests.group, logger: CarrierTests.logger)
            let tap = try await FrameTap.start(
                at: folder.file("\(name).tap"), to: folder.file(name))
            let peer = RPCPeer([tap.address], group: CarrierTests.group)
            stops.insert(Stop(state: state, listener: listener, tap: tap, peer: peer), at: 0)
        }
        var failure: (any Error)?
        do {
            try await body(RPCClient(carry: stops[0].peer.carry), stops)
        } catch {
            failure = error
        }
        for stop in stops {
            await stop.peer.shutDown()
            await stop.listener.drain(grace: .seconds(1))
            try await stop.tap.stop()
        }
        if let failure { throw failure }
    }

    @Test("cancelling a call cancels it in every service, by RST_STREAM(CANCEL) at each hop")
    func cancellation() async throws {
        try await Self.withServices { client, stops in
            let task = Task { try await client.send(Pass()) }
            await stops[2].state.began.pass()
            task.cancel()
            let error = await #expect(throws: RPCError.self) { try await task.value }
            #expect(error?.code == .canceled)
            for stop in stops {
                await stop.state.cancelled.pass()
                await stop.tap.clientReset()
                #expect(stop.tap.frames.filter(\.isFromClient).compactMap(\.resetCode) == [8])
            }
        }
    }

    @Test("letting go of a stream ends it in every service")
    func streamCancellation() async throws {
        try await Self.withServices { client, stops in
            let task = Task {
                for try await _ in try await client.stream(Follow()) {}
            }
            for stop in stops { await stop.state.waits.pass() }
            task.cancel()
            let error = await #expect(throws: RPCError.self) { try await task.value }
            #expect(error?.code == .canceled)
            for stop in stops {
                await stop.state.cancelled.pass()
                await stop.tap.clientReset()
                #expect(stop.tap.frames.filter(\.isFromClient).compactMap(\.resetCode) == [8])
            }
        }
    }

    /// What a client keeps back of a deadline it was given, when that is no closer.
    private static let slack = RPCClientOptions().slackMax
    /// Deadlines travel in whole milliseconds, rounded up.
    private static let rounding = Duration.milliseconds(1)

    @Test(
        "a deadline goes through every service, less what each keeps back, and ends the call in all",
        arguments: [false, true])
    func deadline(ofStream isStream: Bool) async throws {
        // However busy the machine is, the time is to suffice to reach the last of them.
        for seconds in [1, 4, 16] {
            let hasReachedAll = try await Self.expires(isStream, after: .seconds(seconds))
            if hasReachedAll { return }
        }
        Issue.record("no call has reached the last service in time")
    }

    /// Makes a call that never ends before its time is over, and checks what each service saw of it.
    ///
    /// - Returns: whether it came to the last of them.
    private static func expires(_ isStream: Bool, after time: Duration) async throws -> Bool {
        var hasReachedAll = false
        try await Self.withServices { client, stops in
            var context = CallContext.current
            let began = MonotonicInstant.now
            let deadline = began + time
            context.deadline = deadline
            let error = await CallContext.$current.withValue(context) {
                await #expect(throws: RPCError.self) {
                    if isStream {
                        for try await _ in try await client.stream(Follow()) {}
                    } else {
                        _ = try await client.send(Pass())
                    }
                }
            }
            #expect(error?.code == .deadlineExceeded)
            #expect(began.duration(to: .now) >= time - Self.slack * 4)
            hasReachedAll = stops.allSatisfy {
                isStream ? $0.state.waits.isOpen : $0.state.began.isOpen
            }
            guard hasReachedAll else { return }
            await Self.check(stops, within: deadline, since: began)
        }
        return hasReachedAll
    }

    /// Holds what each service was told of the time there is against what the one before was.
    private static func check(
        _ stops: [Stop], within deadline: MonotonicInstant,
        since began: MonotonicInstant
    ) async {
        var before = (deadline: deadline, at: began)
        for (index, stop) in stops.enumerated() {
            // Whatever this one was doing for the call is over because the time was.
            await stop.state.ended.pass()
            guard let seen = stop.state.seen.withLock({ $0 }) else {
                Issue.record("service \(index) was told of no deadline")
                return
            }
            // A relative deadline gains what it takes to travel: never more than lay between.
            let kept = seen.deadline.duration(to: before.deadline)
            let travelled = before.at.duration(to: seen.at)
            #expect(kept <= Self.slack + Self.rounding, "service \(index) was told less")
            #expect(
                kept >= Self.slack - Self.rounding - travelled, "service \(index) was told more")
            // What is left at each is less than what was left at the one before.
            #expect(
                seen.at.duration(to: seen.deadline)
                    <= before.at.duration(to: before.deadline) - Self.slack + Self.rounding)
            before = seen
        }
        await stops[2].state.cancelled.pass()
    }
}
