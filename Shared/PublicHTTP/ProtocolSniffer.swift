import HTTP2
import NIOCore

/// Tells HTTP/2 from HTTP/1.1 by the first bytes of a connection (RFC 9113, section 3.4).
///
/// It stands first in the pipeline, because the HTTP/1.1 parser refuses the preface of HTTP/2.
/// The first byte that differs from the preface decides; until then everything is held back.
final class ProtocolSniffer: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    /// What speaks on the connection.
    enum Spoken {
        case http1
        case http2
    }

    private let secondsMax: Int
    private let configure: (any Channel, Spoken) throws -> Void
    private var held: ByteBuffer?
    private var timer: Scheduled<Void>?

    /// - Parameter configure: adds the handlers of the protocol to the end of the pipeline.
    init(secondsMax: Int, configure: @escaping (any Channel, Spoken) throws -> Void) {
        self.secondsMax = secondsMax
        self.configure = configure
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        self.timer = context.eventLoop.scheduleTask(in: .seconds(Int64(self.secondsMax))) {
            channel.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        self.timer?.cancel()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Nothing was asked yet, so nothing is lost.
        if event is ChannelShouldQuiesceEvent { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = Self.unwrapInboundIn(data)
        if var held = self.held {
            held.writeBuffer(&bytes)
            self.held = held
        } else {
            self.held = bytes
        }
        guard let held = self.held, let spoken = Self.spoken(held) else { return }
        do {
            try self.configure(context.channel, spoken)
        } catch {
            return context.close(promise: nil)
        }
        self.held = nil
        context.fireChannelRead(Self.wrapInboundOut(held))
        context.fireChannelReadComplete()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    /// What the first bytes say; `nil` when more are needed.
    static func spoken(_ bytes: ByteBuffer) -> Spoken? {
        let seen = bytes.readableBytesView.prefix(Self.preface.count)
        guard seen.elementsEqual(Self.preface.prefix(seen.count)) else { return .http1 }
        return seen.count == Self.preface.count ? .http2 : nil
    }
}
