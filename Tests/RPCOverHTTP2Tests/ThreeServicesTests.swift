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
        let cancelled = Gate()
        let deadline = Mutex<ContinuousClock.Instant?>(nil)
        let asked = Mutex<ContinuousClock.Instant?>(nil)

        func begin() {
            let deadline = CallContext.current.deadline
            self.deadline.withLock { $0 = deadline }
            self.began.open()
        }

        /// Runs `work` and notes whether it was cancelled.
        func watch<Result>(_ work: () async throws -> Result) async throws -> Result {
            do {
                return try await work()
            } catch {
                if Task.isCancelled { self.cancelled.open() }
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
            let upstream = try await next?.stream(request)
            let hasBegun = Mutex(false)
            return AsyncThrowingStream<Int, any Error> {
                try await state.watch {
                    if let upstream {
                        var iterator = upstream.makeAsyncIterator()
                        return try await iterator.next()
                    }
                    let isFirst = hasBegun.withLock { begun in
                        defer { begun = true }
                        return !begun
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
            let client = stops.first.map { stop in
                RPCClient(
                    Hop.self,
                    carry: { [carry = stop.peer.carry] call in
                        state.asked.withLock { $0 = call.context.deadline }
                        return try await carry(call)
                    })
            }
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
            await stops[2].state.began.pass()
            task.cancel()
            await #expect(throws: RPCError.self) { try await task.value }
            for stop in stops {
                await stop.tap.clientReset()
                #expect(stop.tap.frames.filter(\.isFromClient).compactMap(\.resetCode) == [8])
            }
        }
    }

    @Test("a deadline goes through every service, less what each keeps back, and ends the call")
    func deadline() async throws {
        try await Self.withServices { client, stops in
            for isStream in [false, true] {
                var context = CallContext.current
                context.deadline = .now + .milliseconds(500)
                await CallContext.$current.withValue(context) {
                    let error = await #expect(throws: RPCError.self) {
                        if isStream {
                            for try await _ in try await client.stream(Follow()) {}
                        } else {
                            _ = try await client.send(Pass())
                        }
                    }
                    #expect(error?.code == .deadlineExceeded)
                }
                for stop in stops[..<2] {
                    guard let own = stop.state.deadline.withLock({ $0 }),
                        let asked = stop.state.asked.withLock({ $0 })
                    else { continue }
                    // 5 ms, or a twentieth of what was left when that was less.
                    #expect(asked < own)
                    #expect(own.duration(to: asked) >= .milliseconds(-5))
                }
            }
        }
    }
}
