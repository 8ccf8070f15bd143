import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP server that keeps what it is sent: the system a flow delivers to.
final class Sink: Sendable {
    private let bodies: Bodies
    private let channel: any Channel

    private final class Bodies: Sendable {
        let received = Mutex<[String]>([])
    }

    /// Listens on a loopback port the system picks.
    init() async throws {
        let bodies = Bodies()
        self.bodies = bodies
        self.channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(bodies))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var url: String { "http://127.0.0.1:\(self.channel.localAddress?.port ?? 0)/" }

    /// The bodies received so far, in order.
    var received: [String] { self.bodies.received.withLock { $0 } }

    /// Waits until a number of different bodies has come.
    func waitForDistinct(_ count: Int, within limit: Duration = .seconds(60)) async throws {
        let end = ContinuousClock.now + limit
        while Set(self.received).count < count {
            guard ContinuousClock.now < end else {
                throw SuiteFailure("\(Set(self.received).count) of \(count) deliveries came")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func close() async throws { try await self.channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let bodies: Bodies
        private var body = ""

        init(_ bodies: Bodies) { self.bodies = bodies }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch Self.unwrapInboundIn(data) {
            case .head: self.body = ""
            case .body(let part): self.body += String(buffer: part)
            case .end:
                self.bodies.received.withLock { $0.append(self.body) }
                let head = HTTPResponseHead(
                    version: .http1_1, status: .ok, headers: ["content-length": "0"])
                context.write(Self.wrapOutboundOut(.head(head)), promise: nil)
                context.writeAndFlush(Self.wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
