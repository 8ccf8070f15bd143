import HTTP2
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Client and server against each other, on real sockets.
@Suite("client and server", .timeLimit(.minutes(1)))
struct ConnectionTests {
    static let group = MultiThreadedEventLoopGroup.singleton

    /// Runs `body` with a client connected to a server on a Unix socket.
    static func withConnection(
        _ handler: any HTTP2RequestHandler = EchoHandler(),
        limits: HTTP2Limits = .internalPeers, clientLimits: HTTP2ClientLimits = .init(),
        _ body: (HTTP2ClientConnection, HTTP2Listener) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        let listener = try await HTTP2Listener.bind(
            to: .unixSocket(path: folder.file("s")),
            configuration: HTTP2ServerConfiguration(limits: limits), group: self.group
        ) { _ in handler }
        let connection = try await HTTP2ClientConnection.connect(
            to: listener.address, limits: clientLimits, group: self.group)
        do {
            try await body(connection, listener)
        } catch {
            connection.close()
            await listener.drain(grace: .zero)
            throw error
        }
        connection.close()
        await listener.drain(grace: .seconds(1))
    }

    static func head(_ path: String = "/echo") throws -> HTTP2RequestHead {
        try HTTP2RequestHead(method: "POST", scheme: "http", authority: "test", path: path)
    }

    @Test(
        "a call is answered with what was sent", arguments: [0, 1, 100, 16_384, 70_000, 3_000_000])
    func echo(count: Int) async throws {
        try await Self.withConnection { connection, _ in
            let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7) }
            let response = try await connection.call(
                HTTP2ClientRequest(head: try Self.head(), body: body))
            #expect(response.status == 200)
            #expect(response.fields.first("content-type") == "application/octet-stream")
            #expect(response.body == body)
        }
    }

    @Test("a thousand calls at once are all answered, each with its own")
    func manyCalls() async throws {
        try await Self.withConnection { connection, _ in
            let head = try Self.head()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<1000 {
                    group.addTask {
                        let body = Array("\(index)".utf8)
                        let response = try await connection.call(
                            HTTP2ClientRequest(head: head, body: body))
                        #expect(response.body == body)
                    }
                }
                try await group.waitForAll()
            }
            #expect(connection.outstandingCalls == 0)
        }
    }

    @Test("calls from the connection's own loop are answered too")
    func callsOnLoop() async throws {
        try await Self.withConnection { connection, _ in
            let head = try Self.head()
            try await withTaskExecutorPreference(LoopExecutor.on(Self.group.next())) {
                for index in 0..<100 {
                    let response = try await connection.call(
                        HTTP2ClientRequest(head: head, body: [UInt8(index)]))
                    #expect(response.body == [UInt8(index)])
                }
            }
        }
    }

    @Test("cancelling a call cancels its handler")
    func cancellation() async throws {
        let handler = SignallingHandler()
        try await Self.withConnection(handler) { connection, _ in
            let head = try Self.head()
            let task = Task {
                try await connection.call(HTTP2ClientRequest(head: head, body: [1]))
            }
            await handler.began.pass()
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            await handler.ended.pass()
            #expect(handler.wasCancelled.withLock { $0 })
        }
    }

    @Test("a call ends at its deadline, and others go on")
    func deadline() async throws {
        try await Self.withConnection(CancellationProbe()) { connection, _ in
            await #expect(throws: HTTP2ClientError.timedOut) {
                try await connection.call(
                    HTTP2ClientRequest(
                        head: try Self.head("/wait"), body: [1],
                        deadline: .now() + .milliseconds(20)))
            }
            let response = try await connection.call(HTTP2ClientRequest(head: try Self.head()))
            #expect(response.status == 200)
        }
    }

    @Test("a call that is already cancelled is not sent")
    func cancelledBefore() async throws {
        try await Self.withConnection { connection, _ in
            let head = try Self.head()
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await connection.call(HTTP2ClientRequest(head: head))
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test("calls that wait for a stream can be cancelled, and are not processed after GOAWAY")
    func waitingCalls() async throws {
        var limits = HTTP2Limits.internalPeers
        limits.streamsMax = 1
        let handler = SignallingHandler()
        try await Self.withConnection(handler, limits: limits) { connection, listener in
            let head = try Self.head()
            let calls = (UInt8(0)..<4).map { index in
                Task {
                    try await connection.call(HTTP2ClientRequest(head: head, body: [index]))
                }
            }
            await handler.began.pass()
            while connection.outstandingCalls < 4 { await Task.yield() }
            // Which of the four runs is not known; the first that was submitted does.
            for call in calls[2...] { call.cancel() }
            var outcomes: [String] = []
            async let drained: Void = listener.drain(grace: .seconds(10))
            while connection.isAvailable { await Task.yield() }
            handler.release.open()
            for call in calls {
                switch await call.result {
                case .success: outcomes.append("answered")
                case .failure(is CancellationError): outcomes.append("cancelled")
                case .failure(HTTP2ClientError.notProcessed): outcomes.append("not processed")
                case .failure(let error): outcomes.append("\(error)")
                }
            }
            await drained
            #expect(outcomes.filter { $0 == "cancelled" }.count == 2)
            #expect(Set(outcomes[..<2]).isSubset(of: ["answered", "not processed"]))
        }
    }

    @Test("a drain lets calls end, and calls after it provably were not processed")
    func drain() async throws {
        let handler = SignallingHandler()
        try await Self.withConnection(handler) { connection, listener in
            let head = try Self.head()
            async let first = connection.call(HTTP2ClientRequest(head: head, body: [7]))
            await handler.began.pass()
            async let drained: Void = listener.drain(grace: .seconds(10))
            while connection.isAvailable { await Task.yield() }
            let late = await #expect(throws: HTTP2ClientError.self) {
                try await connection.call(HTTP2ClientRequest(head: head, body: [8]))
            }
            if case .notProcessed = late {} else { Issue.record("\(String(describing: late))") }
            handler.release.open()
            let body = try await first.body
            #expect(body == [7])
            await drained
            await connection.closed()
        }
    }

    @Test("calls on a connection that is cut off are told that they may have been carried out")
    func cutOff() async throws {
        let handler = SignallingHandler()
        try await Self.withConnection(handler) { connection, listener in
            let head = try Self.head()
            let first = Task {
                try await connection.call(HTTP2ClientRequest(head: head, body: [7]))
            }
            await handler.began.pass()
            await listener.drain(grace: .zero)
            let error = await #expect(throws: HTTP2ClientError.self) { try await first.value }
            if case .connectionLost = error {} else { Issue.record("\(String(describing: error))") }
        }
    }

    @Test("connecting to nobody fails as not processed")
    func nobody() async throws {
        let folder = try TemporaryFolder()
        let error = await #expect(throws: HTTP2ClientError.self) {
            try await HTTP2ClientConnection.connect(
                to: .unixSocket(path: folder.file("s")), group: Self.group)
        }
        if case .notProcessed = error {} else { Issue.record("\(String(describing: error))") }
    }

    @Test("a response over the client's limit fails the call and nothing else")
    func largeResponse() async throws {
        var limits = HTTP2ClientLimits()
        limits.bodyBytesMax = 1000
        try await Self.withConnection(clientLimits: limits) { connection, _ in
            let head = try Self.head()
            await #expect(throws: HTTP2ClientError.responseTooLarge) {
                try await connection.call(
                    HTTP2ClientRequest(head: head, body: [UInt8](repeating: 1, count: 100_000)))
            }
            let response = try await connection.call(HTTP2ClientRequest(head: head, body: [1]))
            #expect(response.body == [1])
        }
    }

    @Test("a streamed response is pulled, and one that is not pulled holds its writer back")
    func streamed() async throws {
        var limits = HTTP2ClientLimits()
        limits.streamWindowBytes = 65_535
        let handler = StreamingHandler()
        try await Self.withConnection(handler, clientLimits: limits) { connection, _ in
            let stream = try await connection.open(HTTP2ClientRequest(head: try Self.head()))
            #expect(stream.status == 200)
            // Whatever else the connection does, the writer stays within the two windows.
            for _ in 0..<20 { try await Self.roundTrip(connection) }
            #expect(handler.written.withLock { $0 } <= 200_000)
            var count = 0
            while count < 500_000, let piece = try await stream.next() { count += piece.count }
            #expect(count == 500_000)
        }
    }

    /// Any answer shows that everything sent before has been dealt with.
    private static func roundTrip(_ connection: HTTP2ClientConnection) async throws {
        let response = try await connection.call(
            HTTP2ClientRequest(head: try self.head("/other")))
        #expect(response.status == 204)
    }

    @Test("letting go of a stream resets it")
    func abandonedStream() async throws {
        let handler = SignallingHandler(streams: true)
        try await Self.withConnection(handler) { connection, _ in
            _ = try await connection.open(HTTP2ClientRequest(head: try Self.head()))
            await handler.ended.pass()
            #expect(handler.wasCancelled.withLock { $0 })
        }
    }

    @Test("mutual TLS: the server learns the client's name, and refuses clients without one")
    func mutualTLS() async throws {
        let folder = try TemporaryFolder()
        let files = try TestCertificates.write(to: folder)
        let peers = Mutex<[HTTP2Peer]>([])
        // A handshake takes as long as the machine is busy.
        var limits = HTTP2Limits.internalPeers
        limits.prefaceSecondsMax = 60
        var clientLimits = HTTP2ClientLimits()
        clientLimits.connectSecondsMax = 60
        let listener = try await HTTP2Listener.bind(
            to: HTTP2Address("127.0.0.1:0"), tls: try files.server.serverContext(),
            configuration: HTTP2ServerConfiguration(limits: limits), group: Self.group
        ) { peer in
            peers.withLock { $0.append(peer) }
            return EchoHandler()
        }
        let connection = try await HTTP2ClientConnection.connect(
            to: listener.address, tls: try files.client.clientContext(), serverName: "localhost",
            limits: clientLimits, group: Self.group)
        let body = [UInt8](repeating: 5, count: 200_000)
        let response = try await connection.call(
            HTTP2ClientRequest(head: try Self.head(), body: body))
        #expect(response.body == body)
        #expect(peers.withLock { $0.map(\.certificateNames) } == [["contracts"]])
        #expect(peers.withLock { $0.map(\.isEncrypted) } == [true])
        connection.close()

        var anonymous = TLSConfiguration.makeClientConfiguration()
        anonymous.trustRoots = .file(folder.file("ca.pem"))
        anonymous.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: anonymous)
        await #expect(throws: HTTP2ClientError.self) {
            try await HTTP2ClientConnection.connect(
                to: listener.address, tls: context, serverName: "localhost", group: Self.group)
        }
        await #expect(throws: HTTP2ClientError.self) {
            try await HTTP2ClientConnection.connect(
                to: listener.address, tls: try files.client.clientContext(),
                serverName: "elsewhere", group: Self.group)
        }
        await listener.drain(grace: .seconds(1))
    }

    @Test("a socket's directory that others may enter is refused, and its file is the owner's only")
    func socketFile() async throws {
        let folder = try TemporaryFolder()
        let address = HTTP2Address.unixSocket(path: folder.file("s"))
        let configuration = HTTP2ServerConfiguration(limits: .internalPeers)
        chmod(folder.path, 0o755)
        await #expect(throws: HTTP2SetupError.self) {
            _ = try await HTTP2Listener.bind(
                to: address, configuration: configuration, group: Self.group
            ) { _ in EchoHandler() }
        }
        chmod(folder.path, 0o700)
        let listener = try await HTTP2Listener.bind(
            to: address, configuration: configuration, group: Self.group
        ) { _ in EchoHandler() }
        var status = stat()
        #expect(stat(folder.file("s"), &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        await #expect(throws: HTTP2SetupError.self) {
            _ = try await HTTP2Listener.bind(
                to: address, configuration: configuration, group: Self.group
            ) { _ in EchoHandler() }
        }
        await listener.drain(grace: .zero)
        #expect(stat(folder.file("s"), &status) != 0)
    }

    @Test(
        "addresses are read, and mistakes in them named",
        arguments: [
            ("unix:/run/a", "unix:/run/a"), ("localhost:80", "localhost:80"),
            ("[::1]:443", "[::1]:443"), ("unix:a", nil), ("localhost", nil), (":80", nil),
            ("a:70000", nil),
        ] as [(String, String?)])
    func addresses(text: String, expected: String?) {
        #expect((try? HTTP2Address(text))?.description == expected)
    }
}

/// Says when its handler begins and ends, and answers when it is let.
final class SignallingHandler: HTTP2RequestHandler {
    let began = Gate()
    let release = Gate()
    let ended = Gate()
    let wasCancelled = Mutex(false)
    private let streams: Bool

    init(streams: Bool = false) {
        self.streams = streams
    }

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        self.began.open()
        defer { self.ended.open() }
        if self.streams {
            try responder.start(status: 200, fields: [:])
            try await responder.write([1])
        }
        await self.release.pass()
        self.wasCancelled.withLock { $0 = Task.isCancelled }
        if !self.streams { responder.send(EchoHandler.head, body: request.takeBody()) }
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { HTTP2Response(status: reason.status) }
}
