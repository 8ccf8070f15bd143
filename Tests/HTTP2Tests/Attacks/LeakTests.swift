import AttackBench
import HTTP2
import NIOCore
import NIOPosix
import TestKit
import Testing

extension Attacks {
    /// Streams that end half-way, by the thousand: nothing may stay behind on the loop
    /// (CVE-2023-35945 and its kind).
    @Suite("what ended streams leave behind", .timeLimit(.minutes(2)))
    struct LeakTests {
        /// Bytes that may come and go between two looks, whatever was done meanwhile.
        private static let noiseBytes = 16 * 1024
        private static let streams = (0..<20).map { UInt32($0 * 2 + 1) }

        /// A way for a connection to end with streams on it.
        private struct Ending {
            let name: String
            /// What is sent before the streams.
            var opening: [UInt8] = []
            /// What begins a stream.
            let begin: @Sendable (UInt32) -> [UInt8]
            /// Whether their answers begin to come before the rest is sent.
            var isAnswered = false
            /// Whether the server has dealt with the streams before the rest is sent.
            var isSettled = false
            /// What ends a stream, all in one piece.
            var end: @Sendable (UInt32) -> [UInt8] = { _ in [] }
            var closing = Raw.frame(.goAway, [0, 0, 0, 0, 0, 0, 0, 0])
        }

        private static func post(_ path: String, _ stream: UInt32) -> [UInt8] {
            Raw.headers(stream, Raw.requestFields(path: path))
        }

        private static let piece = [UInt8](repeating: 1, count: 5000)
        /// SETTINGS_INITIAL_WINDOW_SIZE of nothing.
        private static let shut = Raw.frame(.settings, [0, 4, 0, 0, 0, 0])

        private static let endings = [
            Ending(
                name: "requests reset before they run",
                begin: { Raw.request($0, Self.piece) + Raw.reset($0) }),
            Ending(
                name: "requests reset while they run",
                begin: { Self.post("/never", $0) + Raw.data($0, Self.piece, end: true) },
                isSettled: true, end: { Raw.reset($0) }),
            Ending(
                name: "GOAWAY, then resets of half a body",
                begin: { Self.post("/echo", $0) + Raw.data($0, Self.piece) },
                end: {
                    ($0 == 1 ? Raw.frame(.goAway, [0, 0, 0, 0, 0, 0, 0, 0]) : []) + Raw.reset($0)
                }
            ),
            Ending(
                name: "answers that are not taken, reset", opening: Self.shut,
                begin: { Raw.request($0, Self.piece) }, isAnswered: true, end: { Raw.reset($0) }),
            Ending(
                name: "answers that are not taken, left", opening: Self.shut,
                begin: { Raw.request($0, Self.piece) }, isAnswered: true),
            Ending(
                name: "streamed answers that are not taken, reset", opening: Self.shut,
                begin: { Self.post("/stream", $0) + Raw.data($0, [], end: true) },
                isAnswered: true, end: { Raw.reset($0) }),
            Ending(
                name: "half-closed requests, left to an error",
                begin: { Self.post("/never", $0) + Raw.data($0, Self.piece, end: true) },
                isSettled: true, closing: Raw.frame(.ping, [])),
            Ending(
                name: "half a header block",
                begin: {
                    $0 == 39
                        ? Raw.frame(.headers, stream: $0, Raw.requestFields())
                        : Self.post("/echo", $0)
                }, closing: []),
            Ending(
                name: "fields that the table remembers, reset",
                begin: {
                    Raw.headers(
                        $0, Raw.requestFields(Raw.indexedField("x-\($0)", "\($0) and more of it")))
                        + Raw.reset($0)
                }),
            Ending(
                name: "requests refused before their end",
                begin: {
                    Raw.headers(
                        $0, Raw.requestFields(Raw.field("content-length", "99999999")))
                }, isAnswered: true, end: { Raw.data($0, Self.piece) }),
        ]

        /// Has connections come and go, twenty streams each.
        private static func churn(
            _ bench: AttackBench<HTTP2Target>, _ listener: HTTP2Listener, connections: Int,
            _ ending: Ending
        ) async throws {
            for _ in 0..<connections {
                let peer = try bench.connect(.frames, to: listener.address)
                peer.send(Raw.preface + Raw.frame(.settings) + ending.opening)
                peer.send(Self.streams.flatMap { ending.begin($0) })
                if ending.isAnswered {
                    peer.receive { seen in Self.streams.allSatisfy { seen.status($0) != nil } }
                }
                if ending.isSettled { #expect(peer.settle()) }
                peer.send(Self.streams.flatMap { ending.end($0) } + ending.closing)
                peer.shutdownOutput()
                peer.receiveToEnd()
            }
            while listener.connectionCount > 0 { await Task.yield() }
        }

        /// Runs a body with a listener on a loop that nobody else gives anything to.
        private static func withQuietListener(
            _ body:
                @escaping @Sendable (AttackBench<HTTP2Target>, HTTP2Listener, LoopMemory)
                async throws -> Void
        ) async throws {
            _ = try await AttackBench.run { bench in
                let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
                let folder = try TemporaryFolder()
                let listener = try await HTTP2Listener.bind(
                    to: .unixSocket(path: folder.file("s")),
                    configuration: HTTP2ServerConfiguration(limits: .publicEdge), group: group
                ) { _ in LeavingHandler() }
                let result: Result<Void, any Error>
                do {
                    let memory = try await LoopMemory(of: group.next())
                    result = .success(try await body(bench, listener, memory))
                } catch {
                    result = .failure(error)
                }
                await listener.drain(grace: .zero)
                try await group.shutdownGracefully()
                return try result.get()
            }
        }

        @Test("connections that end with streams on them leave nothing")
        func connections() async throws {
            try await Self.withQuietListener { bench, listener, memory in
                for ending in Self.endings {
                    try await Self.churn(bench, listener, connections: 10, ending)
                    let before = try await memory.heldBytes()
                    try await Self.churn(bench, listener, connections: 150, ending)
                    let left = try await memory.heldBytes() - before
                    #expect(left <= Self.noiseBytes, "\(ending.name): \(left) bytes")
                }
            }
        }

        @Test("streams that end on one connection leave nothing there")
        func oneConnection() async throws {
            try await Self.withQuietListener { bench, listener, memory in
                let peer = try bench.connect(.frames, to: listener.address)
                peer.send(Raw.hello)
                var stream: UInt32 = 1
                var held: [Int] = []
                for round in 0..<10 {
                    for _ in 0..<1000 {
                        let refused = Raw.requestFields(Raw.field("content-length", "99999999"))
                        peer.send(
                            Raw.request(stream, Self.piece) + Raw.headers(stream + 2, refused)
                                + Raw.headers(stream + 4, end: true))
                        let last = stream + 4
                        peer.receive { $0.responses[last] != nil }
                        stream += 6
                        peer.send(Raw.windowUpdate(0, 5000))
                    }
                    #expect(!peer.isClosed, "\(round): \(peer.seen.debugText)")
                    held.append(try await memory.heldBytes())
                }
                // What a connection remembers of closed streams is bounded, and soon reached.
                #expect(held[9] - held[1] <= Self.noiseBytes, "\(held)")
            }
        }
    }

    /// Echoes, streams without end, or never answers, as the path says.
    ///
    /// It throws nothing: for errors that are thrown, Swift Testing keeps where that was.
    private struct LeavingHandler: HTTP2RequestHandler {
        func respond(
            to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
        ) async throws {
            switch request.path {
            case "/echo": responder.send(EchoHandler.head, body: request.takeBody())
            case "/stream":
                try responder.start(EchoHandler.head)
                for _ in 0..<10 {
                    try await responder.write([UInt8](repeating: 1, count: 5000))
                }
                await Gate().pass()
            default: await Gate().pass()
            }
        }

        func refusal(_ reason: HTTP2Refusal) -> HTTP2Response {
            HTTP2Response(status: reason.status)
        }
    }
}
