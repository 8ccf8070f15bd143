import HTTP2
import NIOCore
import NIOPosix
import Synchronization
import TestKit

/// A frame as it went by.
struct SeenFrame: Sendable {
    var isFromClient: Bool
    var type: UInt8
    var flags: UInt8
    var stream: UInt32
    var payload: [UInt8]

    /// The code of an RST_STREAM.
    var resetCode: UInt32? {
        self.type == 3 ? self.payload.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } : nil
    }
}

/// A socket between a client and a server that notes every frame that goes by.
final class FrameTap: Sendable {
    let address: HTTP2Address
    private let channel: any Channel
    private let log: Log

    final class Log: Sendable {
        let frames = Mutex<[SeenFrame]>([])
        /// Opened when a client resets a stream.
        let clientReset = Gate()
    }

    private init(_ address: HTTP2Address, _ channel: any Channel, _ log: Log) {
        self.address = address
        self.channel = channel
        self.log = log
    }

    /// Listens at `path` and passes everything on to the socket `upstream`.
    static func start(at path: String, to upstream: String) async throws -> FrameTap {
        let log = Log()
        let channel = try await ServerBootstrap(group: CarrierTests.group)
            .childChannelInitializer { client in
                ClientBootstrap(group: client.eventLoop)
                    .connect(unixDomainSocketPath: upstream)
                    .flatMapThrowing { server in
                        try client.pipeline.syncOperations.addHandler(
                            Relay(to: server, log, isFromClient: true))
                        try server.pipeline.syncOperations.addHandler(
                            Relay(to: client, log, isFromClient: false))
                    }
            }
            .bind(unixDomainSocketPath: path).get()
        return FrameTap(.unixSocket(path: path), channel, log)
    }

    var frames: [SeenFrame] { self.log.frames.withLock { $0 } }

    /// Waits until a client has reset a stream.
    func clientReset() async { await self.log.clientReset.pass() }

    func stop() async throws { try await self.channel.close() }

    private final class Relay: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel
        private let log: Log
        private let isFromClient: Bool
        private var bytes: [UInt8] = []
        private var prefaceLeft: Int

        init(to other: any Channel, _ log: Log, isFromClient: Bool) {
            self.other = other
            self.log = log
            self.isFromClient = isFromClient
            self.prefaceLeft = isFromClient ? 24 : 0
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = Self.unwrapInboundIn(data)
            self.note(Array(buffer.readableBytesView))
            self.other.writeAndFlush(buffer, promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) {
            self.other.close(promise: nil)
        }

        private func note(_ piece: [UInt8]) {
            let skipped = min(self.prefaceLeft, piece.count)
            self.prefaceLeft -= skipped
            self.bytes.append(contentsOf: piece.dropFirst(skipped))
            while self.bytes.count >= 9 {
                let count = self.bytes[0..<3].reduce(0) { $0 << 8 | Int($1) }
                guard self.bytes.count >= 9 + count else { return }
                let frame = SeenFrame(
                    isFromClient: self.isFromClient, type: self.bytes[3], flags: self.bytes[4],
                    stream: self.bytes[5..<9].reduce(0) { $0 << 8 | UInt32($1) },
                    payload: Array(self.bytes[9..<9 + count]))
                self.bytes.removeFirst(9 + count)
                self.log.frames.withLock { $0.append(frame) }
                if frame.isFromClient, frame.type == 3 { self.log.clientReset.open() }
            }
        }
    }
}
