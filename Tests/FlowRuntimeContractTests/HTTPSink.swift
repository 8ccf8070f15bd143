import HTTP2
import JSONAPI
import Logging
import NIOCore
import NIOPosix
import PublicHTTP
import RPC
import Synchronization

/// A server that flows send to: it keeps what it gets and answers as it is told.
final class HTTPSink: Sendable {
    /// What came in.
    struct Received: Sendable {
        var body: String
        var idempotencyKey: String
    }

    private let listener: PublicListener
    private let received: AsyncStream<Received>

    /// Starts a sink that answers with these statuses in turn, then always with 200.
    init(answering statuses: [Int] = []) async throws {
        let (received, arrival) = AsyncStream<Received>.makeStream()
        let script = Script(statuses)
        var routes = PublicRoutes()
        let route = Route(
            .post, "/sink", id: "sink", summary: "Takes anything", permission: "anybody",
            authentication: .none, body: .bytes, answers: [.init(200, "Taken.")])
        routes.on(route) { request in
            arrival.yield(
                Received(
                    body: String(decoding: request.body, as: UTF8.self),
                    idempotencyKey: request.fields.first("idempotency-key") ?? ""))
            return .json(["taken": true], status: script.next())
        }
        self.received = received
        self.listener = try await PublicListener.bind(
            host: "127.0.0.1", port: 0,
            edge: try PublicEdge(routes, authenticator: nil, logger: Logger(label: "sink")),
            group: MultiThreadedEventLoopGroup.singleton)
    }

    var url: String { "http://127.0.0.1:\(self.listener.port)/sink" }

    /// The next things that come in.
    func next(_ count: Int) async -> [Received] {
        var list: [Received] = []
        for await one in self.received {
            list.append(one)
            if list.count == count { break }
        }
        return list
    }

    func stop() async { await self.listener.drain(grace: .seconds(1)) }
}

/// What to answer, in turn.
private final class Script: Sendable {
    private let statuses: Mutex<[Int]>

    init(_ statuses: [Int]) { self.statuses = Mutex(statuses) }

    func next() -> Int { self.statuses.withLock { $0.isEmpty ? 200 : $0.removeFirst() } }
}
