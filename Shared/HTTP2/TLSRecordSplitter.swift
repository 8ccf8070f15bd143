import NIOCore

/// Hands the TLS handler beneath it small pieces, each of which becomes a record.
///
/// A record can be read only when all of it is there (RFC 8446 section 5.2). Records as large as
/// they may be would make the peer wait for the end of a batch before it sees the beginning.
final class TLSRecordSplitter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var rest = Self.unwrapOutboundIn(data)
        while rest.readableBytes > FixedLimits.recordBytesMax,
            let piece = rest.readSlice(length: FixedLimits.recordBytesMax)
        {
            context.write(Self.wrapOutboundOut(piece), promise: nil)
        }
        context.write(Self.wrapOutboundOut(rest), promise: promise)
    }
}
