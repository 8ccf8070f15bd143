import AttackBench
import HTTP2
import NIOCore
import NIOEmbedded
import Synchronization
import TestKit
import Testing

/// A server connection, frame by frame.
@Suite("server connection")
struct ServerTests {
    @Test("requests survive being split anywhere", arguments: [1, 2, 3, 5, 8, 9, 10, 17, 100])
    func splitReads(size: Int) throws {
        let server = try EmbeddedServer(greets: false)
        var bytes = Raw.hello
        for index in 0..<20 {
            bytes += Raw.request(UInt32(index * 2 + 1), [UInt8](repeating: UInt8(index), count: 50))
        }
        try server.send(bytes, inPiecesOf: size)
        for index in 0..<20 {
            let stream = UInt32(index * 2 + 1)
            #expect(server.status(stream) == "200")
            #expect(server.bodies[stream] == [UInt8](repeating: UInt8(index), count: 50))
        }
    }

    @Test("all responses of one read leave in one write")
    func oneWrite() throws {
        let server = try EmbeddedServer()
        var bytes: [UInt8] = []
        for index in 0..<50 { bytes += Raw.request(UInt32(index * 2 + 1), [1, 2, 3]) }
        try server.channel.writeInbound(ByteBuffer(bytes: bytes))
        var writes = 0
        while try server.channel.readOutbound(as: ByteBuffer.self) != nil { writes += 1 }
        #expect(writes == 1)
    }

    @Test("a thousand connections are looked after in turns, and each in time")
    func turns() throws {
        let loop = EmbeddedEventLoop()
        let servers = try (0..<1_000).map { _ in try EmbeddedServer(greets: false, on: loop) }
        loop.advanceTime(by: .seconds(5))
        let first = servers.count(where: \.isClosed)
        #expect((1..<servers.count / 2).contains(first))
        loop.advanceTime(by: .milliseconds(1))
        #expect(servers.count(where: \.isClosed) == 2 * first)
        loop.advanceTime(by: .milliseconds(200))
        #expect(servers.count(where: \.isClosed) == servers.count)
        #expect(Set(servers.flatMap(\.termination.all)) == ["no preface came"])
    }

    @Test("a peer that opens no window gets no more than the window, and is cut off in time")
    func zeroWindow() throws {
        let server = try EmbeddedServer(greets: false)
        // SETTINGS_INITIAL_WINDOW_SIZE = 0.
        try server.send(
            Raw.preface + Raw.frame(.settings, [0, 4, 0, 0, 0, 0])
                + Raw.frame(.settings, flags: Raw.acknowledgement))
        try server.send(Raw.request(1, [1, 2, 3]))
        #expect(server.bodies.isEmpty)
        #expect(server.status(1) == "200")
        try server.advance(seconds: 29)
        #expect(server.frames(.resetStream).isEmpty)
        try server.advance(seconds: 3)
        #expect(server.frames(.resetStream).map(\.code) == [Code.cancel])
        #expect(!server.isClosed)
        for stream in [3, 5, 7] { try server.send(Raw.request(UInt32(stream), [1, 2, 3])) }
        try server.advance(seconds: 32)
        #expect(server.goAway == Code.enhanceYourCalm)
        #expect(server.isClosed)
    }

    @Test("nothing is read from a peer whose socket takes nothing, and memory stays bounded")
    func slowReader() throws {
        let server = try EmbeddedServer()
        let reads = ReadCounter()
        try server.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        server.channel.isWritable = false
        server.channel.pipeline.fireChannelWritabilityChanged()
        server.channel.read()
        #expect(reads.count == 0)
        try server.channel.writeInbound(
            ByteBuffer(bytes: Raw.request(1, [UInt8](repeating: 1, count: 1000))))
        #expect(try server.channel.readOutbound(as: ByteBuffer.self) == nil)
        server.channel.isWritable = true
        server.channel.pipeline.fireChannelWritabilityChanged()
        #expect(reads.count > 0)
        try server.receive()
        #expect(server.bodies[1]?.count == 1000)
    }

    @Test("a socket that takes nothing for half a minute is closed")
    func stalledSocket() throws {
        let server = try EmbeddedServer()
        server.channel.isWritable = false
        server.channel.pipeline.fireChannelWritabilityChanged()
        try server.advance(seconds: 29)
        #expect(!server.isClosed)
        try server.advance(seconds: 3)
        #expect(server.isClosed)
    }

    @Test("more handlers than may run are refused, and a slot is free when its handler has ended")
    func boundedHandlers() throws {
        var limits = HTTP2Limits.publicEdge
        limits.handlersMax = 2
        let handler = NeverHandler()
        let server = try EmbeddedServer(handler, limits: limits)
        try server.send(
            Raw.headers(1, end: true) + Raw.headers(3, end: true) + Raw.headers(5, end: true))
        #expect(server.status(5) == "503")
        #expect(handler.running.withLock { $0 } == 2)
        try server.send(Raw.reset(1))
        #expect(handler.running.withLock { $0 } == 1)
        try server.send(Raw.headers(7, end: true))
        #expect(handler.running.withLock { $0 } == 2)
        #expect(server.status(7) == nil)
    }

    @Test("a reset cancels the handler, and so does the end of the connection")
    func cancellation() throws {
        let handler = NeverHandler()
        let server = try EmbeddedServer(handler)
        try server.send(Raw.headers(1, end: true) + Raw.headers(3, end: true))
        #expect(handler.running.withLock { $0 } == 2)
        try server.send(Raw.reset(1))
        #expect(handler.running.withLock { $0 } == 1)
        try server.channel.close().wait()
        server.channel.embeddedEventLoop.run()
        #expect(handler.running.withLock { $0 } == 0)
    }

    @Test("a handler may outlive its connection")
    func outlivingHandler() throws {
        let handler = StubbornHandler()
        var server: EmbeddedServer? = try EmbeddedServer(handler)
        let loop = try #require(server).channel.embeddedEventLoop
        try server?.send(Raw.request(1, [1, 2, 3]) + Raw.request(3, [4]))
        try server?.channel.close().wait()
        server = nil
        loop.run()
        #expect(handler.ended.withLock { $0 } == 0)
        handler.gate.open()
        loop.run()
        #expect(handler.ended.withLock { $0 } == 2)
    }

    @Test("a worker whose request was cancelled is not used again")
    func discardedWorker() throws {
        let server = try EmbeddedServer(CancellationProbe())
        try server.send(Raw.headers(1, end: true, Raw.requestFields(path: "/wait")))
        try server.send(Raw.reset(1) + Raw.headers(3, end: true))
        #expect(server.bodies[3] == Array("not cancelled".utf8))
    }

    @Test("a handler that throws or forgets to answer is answered for, and others go on")
    func failures() throws {
        let server = try EmbeddedServer(FailingHandler())
        try server.send(
            Raw.headers(1, end: true, Raw.requestFields(path: "/throw"))
                + Raw.headers(3, end: true, Raw.requestFields(path: "/forget"))
                + Raw.headers(5, end: true, Raw.requestFields(path: "/cut"))
                + Raw.headers(7, end: true, Raw.requestFields(path: "/well")))
        #expect(server.status(1) == "500")
        #expect(server.status(3) == "500")
        #expect(server.frames(.resetStream).map(\.stream) == [5])
        #expect(server.frames(.resetStream).map(\.code) == [Code.internalError])
        #expect(server.status(7) == "204")
    }

    @Test("a drain serves what was sent before its notice was read, then closes")
    func drain() throws {
        let server = try EmbeddedServer()
        server.connection.drain(grace: .seconds(20))
        server.channel.embeddedEventLoop.run()
        try server.receive()
        #expect(server.frames(.goAway).count == 1)
        #expect(server.frames(.goAway)[0].payload.prefix(4) == [0x7f, 0xff, 0xff, 0xff])
        let ping = try #require(server.frames(.ping).first)
        try server.send(Raw.headers(1))
        try server.send(Raw.frame(.ping, flags: Raw.acknowledgement, ping.payload))
        #expect(server.frames(.goAway).count == 2)
        #expect(server.frames(.goAway)[1].payload.prefix(4) == [0, 0, 0, 1])
        try server.send(Raw.headers(3, end: true))
        #expect(server.status(3) == nil)
        #expect(!server.isClosed)
        try server.send(Raw.data(1, [9], end: true))
        #expect(server.bodies[1] == [9])
        #expect(server.isClosed)
    }

    @Test("a drain whose PING is never answered goes on after a second, and ends with its grace")
    func drainWithoutPing() throws {
        let handler = NeverHandler()
        let server = try EmbeddedServer(handler)
        try server.send(Raw.headers(1, end: true))
        server.connection.drain(grace: .seconds(10))
        try server.advance(seconds: 2)
        #expect(server.frames(.goAway).count == 2)
        try server.advance(seconds: 7)
        #expect(!server.isClosed)
        try server.advance(seconds: 2)
        #expect(server.isClosed)
        #expect(handler.running.withLock { $0 } == 0)
    }

    @Test("an idle connection is drained, and one that answers no PING is closed")
    func idle() throws {
        let server = try EmbeddedServer()
        try server.advance(seconds: 64)
        #expect(server.isClosed)
        let busy = try EmbeddedServer(NeverHandler())
        try busy.send(Raw.headers(1, end: true))
        try busy.advance(seconds: 62)
        #expect(busy.frames(.ping).count == 1)
        #expect(!busy.isClosed)
        try busy.advance(seconds: 22)
        #expect(busy.isClosed)
    }

    @Test("a deadline cancels the handler, which can still answer")
    func deadline() throws {
        let server = try EmbeddedServer(DeadlineHandler())
        try server.send(Raw.headers(1, end: true))
        try server.advance(seconds: 4)
        #expect(server.status(1) == nil)
        try server.advance(seconds: 2)
        #expect(server.status(1) == "504")
    }

    @Test("a streamed response is as fast as the peer takes it, and beats while it is silent")
    func streamed() throws {
        let handler = StreamingHandler()
        let server = try EmbeddedServer(handler)
        try server.send(Raw.headers(1, end: true))
        // The default window of 65,535 bytes bounds what is written ahead.
        #expect(server.bodies[1]?.count == 65_535)
        #expect(handler.written.withLock { $0 } < 200_000)
        while server.bodies[1]?.count ?? 0 < 500_000 {
            try server.send(Raw.windowUpdate(0, 60_000) + Raw.windowUpdate(1, 60_000))
        }
        #expect(server.bodies[1]?.count == 500_000)
        #expect(server.frames(.data).last?.flags == 0)
        try server.advance(seconds: 6)
        #expect(server.bodies[1]?.suffix(4) == Array("beat".utf8)[...])
    }

    @Test("a malformed response field is refused where it is made")
    func malformedField() throws {
        let server = try EmbeddedServer(MalformedHandler())
        try server.send(Raw.headers(1, end: true))
        #expect(server.status(1) == "500")
    }

    @Test("bodies that handlers hold keep the window shut until they let go")
    func heldBodies() throws {
        var limits = HTTP2Limits.publicEdge
        limits.heldBodyBytesMax = 32 * 1024
        let server = try EmbeddedServer(NeverHandler(), limits: limits)
        let body = [UInt8](repeating: 1, count: 16_000)
        for index in 0..<40 { try server.send(Raw.request(UInt32(index * 2 + 1), body)) }
        // 40 bodies of 16,000 bytes are 640,000; with the window paid back there would be updates.
        #expect(server.frames(.windowUpdate).filter { $0.stream == 0 }.count <= 1)
        for index in 0..<40 { try server.send(Raw.reset(UInt32(index * 2 + 1))) }
        #expect(server.frames(.windowUpdate).filter { $0.stream == 0 }.count >= 2)
    }
}
