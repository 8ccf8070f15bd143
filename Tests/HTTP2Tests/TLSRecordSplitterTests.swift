import NIOCore
import NIOEmbedded
import Testing

@testable import HTTP2

@Suite("TLS records")
struct TLSRecordSplitterTests {
    @Test(
        "what is written becomes records of at most 4 KiB, and is whole",
        arguments: [
            (0, [0]), (1, [1]), (4096, [4096]), (4097, [4096, 1]), (10_000, [4096, 4096, 1808]),
        ] as [(Int, [Int])])
    func pieces(bytes: Int, counts: [Int]) throws {
        let channel = EmbeddedChannel(handler: TLSRecordSplitter())
        let written = ByteBuffer(bytes: (0..<bytes).map { UInt8(truncatingIfNeeded: $0) })
        let promise = channel.eventLoop.makePromise(of: Void.self)
        channel.writeAndFlush(written, promise: promise)
        try promise.futureResult.wait()
        var seen: [Int] = []
        var all = ByteBuffer()
        while var piece = try channel.readOutbound(as: ByteBuffer.self) {
            seen.append(piece.readableBytes)
            all.writeBuffer(&piece)
        }
        #expect(seen == counts)
        #expect(all == written)
    }
}
