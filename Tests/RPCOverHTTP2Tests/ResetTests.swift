import HTTP2
import NIOCore
import NIOPosix
import RPC
import RPCOverHTTP2
import Synchronization
import TestKit
import Testing

/// What a client makes of streams that a server resets.
@Suite("Resets as a client reads them", .timeLimit(.minutes(1)))
struct ResetTests {
    /// Speaks just enough HTTP/2 to answer each request with frames of a test's choice.
    final class Resetter: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let answer: @Sendable (UInt32) -> [UInt8]
        private let requests: RequestCount
        private var bytes: [UInt8] = []
        private var hasPreface = false

        init(_ requests: RequestCount, _ answer: @escaping @Sendable (UInt32) -> [UInt8]) {
            self.requests = requests
            self.answer = answer
        }

        func channelActive(context: ChannelHandlerContext) {
            self.send([0, 0, 0, 4, 0, 0, 0, 0, 0], context)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.bytes.append(contentsOf: Self.unwrapInboundIn(data).readableBytesView)
            if !self.hasPreface {
                guard self.bytes.count >= 24 else { return }
                self.bytes.removeFirst(24)
                self.hasPreface = true
            }
            while self.bytes.count >= 9 {
                let count = self.bytes[0..<3].reduce(0) { $0 << 8 | Int($1) }
                guard self.bytes.count >= 9 + count else { return }
                let stream = self.bytes[5..<9].reduce(0) { $0 << 8 | UInt32($1) }
                let type = self.bytes[3]
                self.bytes.removeFirst(9 + count)
                guard type == 1 else { continue }
                self.requests.add()
                self.send(self.answer(stream), context)
            }
        }

        private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
            context.channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
        }
    }

    final class RequestCount: Sendable {
        private let count = Atomic(0)
        var value: Int { self.count.load(ordering: .relaxed) }
        func add() { self.count.wrappingAdd(1, ordering: .relaxed) }
    }

    static func number(_ value: UInt32) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }

    static func reset(_ stream: UInt32, _ code: UInt32) -> [UInt8] {
        [0, 0, 4, 3, 0] + self.number(stream) + self.number(code)
    }

    /// Calls a server that answers so, and returns the error and how many requests it saw.
    static func call(
        _ answer: @escaping @Sendable (UInt32) -> [UInt8],
        _ body: (RPCClient<WireService>) async throws -> Void
    ) async throws -> (error: RPCError?, requests: Int) {
        let folder = try TemporaryFolder()
        let requests = RequestCount()
        let server = try await ServerBootstrap(group: CarrierTests.group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Resetter(requests, answer))
                }
            }
            .bind(unixDomainSocketPath: folder.file("s")).get()
        let peer = RPCPeer([.unixSocket(path: folder.file("s"))], group: CarrierTests.group)
        var found: RPCError?
        do {
            try await body(RPCClient(carry: peer.carry, options: RPCClientOptions(retry: .never)))
        } catch let error as RPCError {
            found = error
        }
        await peer.shutDown()
        try await server.close()
        return (found, requests.value)
    }

    @Test(
        "a reset's code becomes the error's",
        arguments: [
            (0x0, .internal), (0x1, .internal), (0x2, .internal), (0x8, .canceled),
            (0xb, .resourceExhausted), (0xc, .permissionDenied), (0xd, .internal),
        ] as [(UInt32, RPCError.Code)])
    func codes(code: UInt32, expected: RPCError.Code) async throws {
        let (error, requests) = try await Self.call({ Self.reset($0, code) }) {
            _ = try await $0.send(Say(text: ""))
        }
        #expect(error?.code == expected)
        #expect(requests == 1)
    }

    @Test("what was refused is asked once more by itself, whatever it does")
    func refused() async throws {
        let (error, requests) = try await Self.call({ Self.reset($0, 0x7) }) {
            _ = try await $0.send(Say(text: ""))
        }
        #expect(error?.code == .unavailable)
        #expect(requests == 2)
        let (_, unsafeRequests) = try await Self.call({ Self.reset($0, 0x7) }) {
            _ = try await $0.stream(Tick(upTo: 1))
        }
        #expect(unsafeRequests == 2)
    }

    @Test("a request above the last one a server names is asked once more on another connection")
    func goAway() async throws {
        let (error, requests) = try await Self.call({ _ in
            [0, 0, 8, 7, 0, 0, 0, 0, 0] + Self.number(0) + Self.number(0)
        }) { _ = try await $0.send(Say(text: "")) }
        #expect(error?.code == .unavailable)
        #expect(requests == 2)
    }
}
