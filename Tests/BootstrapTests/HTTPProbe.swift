import NIOCore
import NIOPosix

/// Asks a loopback port over HTTP/1.1, one request a connection.
enum HTTPProbe {
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private var received = ByteBuffer()
        private let whole: EventLoopPromise<String>
        init(_ whole: EventLoopPromise<String>) { self.whole = whole }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = Self.unwrapInboundIn(data)
            self.received.writeBuffer(&bytes)
        }
        func channelInactive(context: ChannelHandlerContext) {
            self.whole.succeed(String(buffer: self.received))
        }
    }

    /// The whole answer to a GET, head included.
    static func get(_ path: String, port: Int) async throws -> String {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let whole = loop.makePromise(of: String.self)
        do {
            let channel = try await ClientBootstrap(group: loop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Collector(whole))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
            let request = "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            try await channel.writeAndFlush(ByteBuffer(string: request))
        } catch {
            whole.fail(error)
            throw error
        }
        return try await whole.futureResult.get()
    }
}
