import NIOPosix
import Synchronization
import TestKit
import Testing

@testable import HTTP2

/// Requests whose bodies are produced while they are sent, and pulled while they arrive.
@Suite("Bodies that are produced as they are sent", .timeLimit(.minutes(1)))
struct UploadTests {
    struct Failure: Error, Equatable {}

    /// A connection to a listener of ``PiecewiseHandler``.
    struct Pair {
        let connection: HTTP2ClientConnection
        let listener: HTTP2Listener
        let handler: PiecewiseHandler

        /// Begins a request whose body is an upload's.
        func open(_ path: String, _ upload: HTTP2Upload) async throws -> HTTP2ClientStream {
            let head = try HTTP2RequestHead(
                method: "POST", scheme: "http", authority: "test", path: path)
            return try await self.connection.open(HTTP2ClientRequest(head: head), upload: upload)
        }

        /// Makes the whole request, and gives the body of its answer.
        func answer(_ path: String, _ upload: HTTP2Upload) async throws -> [UInt8] {
            try await UploadTests.rest(of: self.open(path, upload))
        }

        /// Shows that the connection is as good as new.
        func expectService() async throws {
            let head = try HTTP2RequestHead(
                method: "POST", scheme: "http", authority: "test", path: "/pieces")
            let response = try await self.connection.call(
                HTTP2ClientRequest(head: head, body: [1, 2, 3]))
            #expect(response.body == [1, 2, 3])
        }

        /// Waits until the server holds so many bytes that its handler has not pulled.
        func holds(_ bytes: Int) async throws {
            while try await ServerUsage.all(of: self.listener).allSatisfy({ $0.heldBytes < bytes })
            {
                await Task.yield()
            }
        }
    }

    /// A window as small as windows are at first (RFC 9113 section 6.9.2).
    private static let narrow: HTTP2Limits = {
        var limits = HTTP2Limits.publicEdge
        limits.streamWindowBytes = 65_535
        return limits
    }()

    static func run(
        _ limits: HTTP2Limits = .publicEdge, client: HTTP2ClientLimits = HTTP2ClientLimits(),
        _ body: (Pair) async throws -> Void
    ) async throws {
        let handler = PiecewiseHandler()
        let folder = try TemporaryFolder()
        let listener = try await HTTP2Listener.bind(
            to: .unixSocket(path: folder.file("s")),
            configuration: HTTP2ServerConfiguration(limits: limits),
            group: MultiThreadedEventLoopGroup.singleton
        ) { _ in handler }
        let connection = try await HTTP2ClientConnection.connect(
            to: listener.address, limits: client, group: MultiThreadedEventLoopGroup.singleton)
        let result: Result<Void, any Error>
        do {
            result = .success(
                try await body(Pair(connection: connection, listener: listener, handler: handler)))
        } catch {
            result = .failure(error)
        }
        handler.mayGoOn.open()
        connection.close()
        await listener.drain(grace: .zero)
        try result.get()
    }

    /// Everything that is still to come.
    static func rest(of stream: HTTP2ClientStream) async throws -> [UInt8] {
        var received: [UInt8] = []
        while let piece = try await stream.next() { received += piece }
        return received
    }

    @Test("what is written is what arrives, whatever the pieces", arguments: [0, 1, 5])
    func whole(first: Int) async throws {
        try await Self.run { pair in
            let pieces = [first, 1, 0, 1000, 100_000, 20_000, 1].enumerated().map {
                [UInt8](repeating: UInt8($0.offset), count: $0.element)
            }
            let upload = HTTP2Upload(pieces[0])
            // The answer begins with the first piece, and is read while the others are written.
            async let answer = pair.answer("/pieces", upload)
            for piece in pieces.dropFirst() { #expect(await upload.write(piece)) }
            upload.finish()
            let received = try await answer
            #expect(received == pieces.flatMap { $0 })
            #expect(await !upload.write([1]), "after its end nothing is taken")
        }
    }

    @Test("a body of nothing is a body")
    func empty() async throws {
        try await Self.run { pair in
            let upload = HTTP2Upload()
            upload.finish()
            let stream = try await pair.open("/pieces", upload)
            #expect(try await Self.rest(of: stream) == [])
        }
    }

    /// Writes pieces until all are, or nobody takes them, and counts what it may go on after.
    private static func produce(
        _ upload: HTTP2Upload, _ counter: ByteCount, pieces: Int = 100, bytes: Int = 16_384
    ) async -> Bool {
        for _ in 0..<pieces {
            guard await upload.write([UInt8](repeating: 7, count: bytes)) else { return false }
            counter.add(bytes)
        }
        upload.finish()
        return true
    }

    @Test("whoever produces waits for whoever pulls")
    func backPressure() async throws {
        try await Self.run(Self.narrow) { pair in
            let upload = HTTP2Upload()
            let written = ByteCount()
            async let answer = pair.answer("/wait", upload)
            async let isWhole = Self.produce(upload, written)
            try await pair.holds(65_535)
            // Who did not wait would have written it all by now.
            for _ in 0..<3 { try await pair.expectService() }
            #expect(written.total <= 65_535 + HTTP2ClientLimits().uploadBytesMax)
            pair.handler.mayGoOn.open()
            let received = try await answer
            #expect(received.count == 100 * 16_384)
            let hasAll = await isWhole
            #expect(hasAll)
        }
    }

    @Test("whoever takes no answer takes no request either, in the end")
    func backPressureBothWays() async throws {
        var client = HTTP2ClientLimits()
        client.streamWindowBytes = 65_535
        try await Self.run(Self.narrow, client: client) { pair in
            let upload = HTTP2Upload()
            let written = ByteCount()
            async let isWhole = Self.produce(upload, written)
            let stream = try await pair.open("/pieces", upload)
            // The handler echoes until its answer is stuck, and then pulls nothing more; windows
            // are given back by halves.
            try await pair.holds(32_768)
            for _ in 0..<3 { try await pair.expectService() }
            // Two windows, and what each end keeps before it waits.
            let pulledMax = 65_535 + Self.narrow.streamedBytesMax + 2 * 16_384
            #expect(pair.handler.pulled.total <= pulledMax)
            #expect(written.total <= pulledMax + 65_535 + client.uploadBytesMax)
            #expect(try await Self.rest(of: stream).count == 100 * 16_384)
            let hasAll = await isWhole
            #expect(hasAll)
        }
    }

    @Test("a call that is aborted fails so, and its handler is told")
    func abort() async throws {
        try await Self.run { pair in
            let upload = HTTP2Upload([1])
            let stream = try await pair.open("/pieces", upload)
            #expect(try await stream.next() == [1])
            upload.abort(Failure())
            await #expect(throws: Failure.self) { _ = try await stream.next() }
            await pair.handler.ended.pass()
            #expect(pair.handler.failures.entries.map { $0 is CancellationError } == [true])
            #expect(await !upload.write([2]))
            try await pair.expectService()
        }
    }

    @Test("a call that is aborted before it begins is not made")
    func abortBefore() async throws {
        try await Self.run { pair in
            let upload = HTTP2Upload([1])
            upload.abort(Failure())
            await #expect(throws: Failure.self) { _ = try await pair.open("/pieces", upload) }
            try await pair.expectService()
            #expect(pair.handler.failures.entries.isEmpty)
        }
    }

    @Test("an answer that does not wait for the body ends the body")
    func earlyAnswer() async throws {
        try await Self.run { pair in
            let upload = HTTP2Upload()
            let written = ByteCount()
            async let isWhole = Self.produce(upload, written, pieces: 1_000_000)
            let stream = try await pair.open("/early", upload)
            #expect(stream.status == 200)
            #expect(try await Self.rest(of: stream) == [9])
            let hasAll = await isWhole
            #expect(!hasAll)
            #expect(await !upload.write([1]))
            try await pair.expectService()
        }
    }

    @Test("a handler that fails ends the wait of whoever produces, and resets the call")
    func failing() async throws {
        try await Self.run(Self.narrow) { pair in
            let upload = HTTP2Upload()
            async let isWhole = Self.produce(upload, ByteCount())
            let stream = try await pair.open("/fail", upload)
            try await pair.holds(65_535 - 16_384)
            pair.handler.mayGoOn.open()
            await #expect(throws: HTTP2ClientError.self) { _ = try await Self.rest(of: stream) }
            let hasAll = await isWhole
            #expect(!hasAll)
            try await pair.expectService()
        }
    }

    @Test("cancelling a task that waits to write ends its wait, and not the call")
    func cancelledWrite() async throws {
        try await Self.run(Self.narrow) { pair in
            let upload = HTTP2Upload()
            async let answer = pair.answer("/wait", upload)
            let writing = Task { await upload.write([UInt8](repeating: 7, count: 300_000)) }
            try await pair.holds(65_535)
            writing.cancel()
            #expect(await writing.value, "what was written stays written")
            upload.finish()
            pair.handler.mayGoOn.open()
            let received = try await answer
            #expect(received.count == 300_000)
        }
    }

    @Test("a connection that is lost ends the wait of whoever produces")
    func lost() async throws {
        try await Self.run(Self.narrow) { pair in
            let upload = HTTP2Upload()
            async let isWhole = Self.produce(upload, ByteCount())
            let opening = Task { try await pair.open("/wait", upload) }
            try await pair.holds(65_535)
            pair.connection.close()
            let hasAll = await isWhole
            #expect(!hasAll)
            await #expect(throws: HTTP2ClientError.self) { _ = try await opening.value }
            await pair.handler.ended.pass()
            #expect(pair.handler.failures.entries.count == 1)
        }
    }

    @Test("no more handlers take bodies as they come than may run at once")
    func handlersMax() async throws {
        var limits = HTTP2Limits.publicEdge
        limits.handlersMax = 1
        try await Self.run(limits) { pair in
            let first = HTTP2Upload([1])
            async let answer = pair.answer("/wait", first)
            await pair.handler.began.pass()
            let second = HTTP2Upload([2])
            #expect(try await pair.open("/wait", second).status == 503)
            first.finish()
            pair.handler.mayGoOn.open()
            let received = try await answer
            #expect(received == [1])
        }
    }
}

/// Takes bodies as they arrive, in the way its paths name.
final class PiecewiseHandler: HTTP2RequestHandler {
    struct Failure: Error {}

    let began = Gate()
    /// What all but `/pieces` and `/early` wait for.
    let mayGoOn = Gate()
    let ended = Gate()
    let pulled = ByteCount()
    let failures = Journal<any Error>()

    func streamsBody(of request: borrowing HTTP2Request) -> Bool { true }

    func respond(
        to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
    ) async throws {
        self.began.open()
        defer { self.ended.open() }
        let path = request.path
        if path == "/early" { return responder.send(EchoHandler.head, body: [9]) }
        let body = request.takeBodyPieces()
        do {
            if path == "/wait" { await self.mayGoOn.pass() }
            try responder.start(status: 200, fields: [:])
            if path == "/fail" {
                await self.mayGoOn.pass()
                throw Failure()
            }
            while let piece = try await body.next() {
                self.pulled.add(piece.count)
                try await responder.write(piece)
            }
        } catch {
            self.failures.append(error)
            throw error
        }
    }

    func refusal(_ reason: HTTP2Refusal) -> HTTP2Response { HTTP2Response(status: reason.status) }
}

/// A sum of bytes.
final class ByteCount: Sendable {
    private let sum = Atomic(0)

    var total: Int { self.sum.load(ordering: .sequentiallyConsistent) }

    func add(_ count: Int) { self.sum.wrappingAdd(count, ordering: .sequentiallyConsistent) }
}
