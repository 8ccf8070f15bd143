import NIOCore
import NIOPosix

/// A TCP connection that sends exactly the bytes it is told to.
struct RawConnection: Sendable {
    private let channel: any Channel
    private let stream: AsyncStream<[UInt8]>

    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let continuation: AsyncStream<[UInt8]>.Continuation
        init(_ continuation: AsyncStream<[UInt8]>.Continuation) {
            self.continuation = continuation
        }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.continuation.yield(Array(Self.unwrapInboundIn(data).readableBytesView))
        }
        func channelInactive(context: ChannelHandlerContext) { self.continuation.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    /// - Parameter reads: whether bytes are taken from the socket before ``read()`` says so.
    init(port: Int, reads: Bool = true) async throws {
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
        self.channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        self.stream = stream
    }

    func send(_ text: String) async throws { try await self.send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        try await self.channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// Sends without waiting for the server to take it.
    func beginSending(_ text: String) {
        self.channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    /// Begins to take bytes from the socket.
    func read() async throws { try await self.channel.setOption(.autoRead, value: true).get() }

    /// Tells the server that nothing more comes.
    func closeOutput() async throws { try await self.channel.close(mode: .output) }

    /// Everything received until `isEnough`, or until the peer closes.
    func receive(until isEnough: ((String) -> Bool)? = nil) async -> String {
        var received: [UInt8] = []
        for await bytes in self.stream {
            received += bytes
            if isEnough?(String(decoding: received, as: UTF8.self)) == true { break }
        }
        return String(decoding: received, as: UTF8.self)
    }

    /// Closes the connection, if the peer has not.
    func close() async { try? await self.channel.close() }
}
