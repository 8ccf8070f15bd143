import AttackBench
import Testing

extension Attacks {
    /// RFC 9113 sections 3, 4 and 5: the preface, frames, and the states of streams.
    @Suite("strictness: framing and streams", .timeLimit(.minutes(1)))
    struct FramingTests {
        private static let size = Code.frameSizeError
        private static let proto = Code.protocolError
        private static let closed = Code.streamClosed
        private static let large = [UInt8](repeating: 0, count: 16_385)

        static let frames: [StrictCase] = [
            StrictCase(
                "4.1", "a frame of an unknown type", [0, 0, 1, 0xfa, 0, 0, 0, 0, 0, 7], .ignored),
            StrictCase(
                "4.1", "a frame of an unknown type on a stream that is none",
                [0, 0, 0, 0xfa, 0xff, 0, 0, 0, 77], .ignored),
            StrictCase(
                "4.1", "flags that mean nothing",
                Raw.frame(.ping, flags: 0x16, [1, 2, 3, 4, 5, 6, 7, 8]),
                .ignored),
            StrictCase(
                "4.1", "the reserved bit of a stream id",
                Raw.frame(.ping, stream: 0x8000_0000, [1, 2, 3, 4, 5, 6, 7, 8]), .ignored),
            StrictCase(
                "4.2", "DATA of the largest size",
                Raw.headers(1) + Raw.data(1, [UInt8](repeating: 0, count: 16_384), end: true),
                .answered),
            StrictCase(
                "4.2", "DATA over the largest size", Raw.headers(1) + Raw.data(1, Self.large),
                .connectionError(Self.size)),
            StrictCase(
                "4.2", "HEADERS over the largest size", Raw.headers(1, Self.large),
                .connectionError(Self.size)),
            StrictCase(
                "4.2", "an unknown frame over the largest size",
                [0, 0x40, 1, 0xfa, 0, 0, 0, 0, 0] + Self.large, .connectionError(Self.size)),
            StrictCase(
                "4.3", "a header block that cannot be decompressed",
                Raw.headers(1, end: true, [0xff]),
                .connectionError(Code.compressionError)),
            StrictCase(
                "4.3", "PRIORITY between HEADERS and CONTINUATION",
                Raw.frame(.headers, stream: 1, Raw.requestFields())
                    + Raw.frame(.priority, stream: 1, [0, 0, 0, 3, 1]), .connectionError(Self.proto)
            ),
            StrictCase(
                "4.3", "HEADERS of another stream between HEADERS and CONTINUATION",
                Raw.frame(.headers, stream: 1, Raw.requestFields()) + Raw.headers(3),
                .connectionError(Self.proto)),
            StrictCase(
                "4.3", "an unknown frame between HEADERS and CONTINUATION",
                Raw.frame(.headers, stream: 1, Raw.requestFields()) + [
                    0, 0, 0, 0xfa, 0, 0, 0, 0, 1,
                ],
                .connectionError(Self.proto)),
            StrictCase(
                "4.3", "a header block in three pieces",
                Raw.frame(.headers, flags: Raw.endStream, stream: 1, Raw.requestFields())
                    + Raw.frame(.continuation, stream: 1, [])
                    + Raw.frame(
                        .continuation, flags: Raw.endHeaders, stream: 1, Raw.field("x", "y")),
                .answered),
        ]

        static let states: [StrictCase] = [
            StrictCase(
                "5.1", "DATA to an idle stream", Raw.data(1, [1]), .connectionError(Self.proto)),
            StrictCase(
                "5.1", "RST_STREAM to an idle stream", Raw.reset(1), .connectionError(Self.proto)),
            StrictCase(
                "5.1", "WINDOW_UPDATE to an idle stream", Raw.windowUpdate(1, 1),
                .connectionError(Self.proto)),
            StrictCase(
                "5.1", "CONTINUATION to an idle stream",
                Raw.frame(.continuation, flags: Raw.endHeaders, stream: 1, Raw.requestFields()),
                .connectionError(Self.proto)),
            StrictCase(
                "5.1", "PRIORITY to an idle stream",
                Raw.frame(.priority, stream: 1, [0, 0, 0, 3, 1]),
                .ignored),
            StrictCase(
                "5.1", "DATA to a half-closed stream", Raw.waiting(1) + Raw.data(1, [1]),
                .connectionError(Self.closed)),
            StrictCase(
                "5.1", "HEADERS to a half-closed stream",
                Raw.waiting(1) + Raw.headers(1, end: true),
                .connectionError(Self.closed)),
            StrictCase(
                "5.1", "CONTINUATION to a half-closed stream",
                Raw.waiting(1) + Raw.frame(.continuation, flags: Raw.endHeaders, stream: 1, [0x82]),
                .connectionError(Self.proto)),
            StrictCase(
                "5.1", "WINDOW_UPDATE to a half-closed stream",
                Raw.waiting(1) + Raw.windowUpdate(1, 1),
                .ignored),
            StrictCase(
                "5.1", "PRIORITY to a half-closed stream",
                Raw.waiting(1) + Raw.frame(.priority, stream: 1, [0, 0, 0, 3, 1]), .ignored),
            StrictCase(
                "5.1", "RST_STREAM to a half-closed stream", Raw.waiting(1) + Raw.reset(1), .ignored
            ),
            StrictCase(
                "5.1", "DATA to a stream that was reset",
                Raw.waiting(1, end: false) + Raw.reset(1) + Raw.data(1, [1]),
                .connectionError(Self.closed)),
            StrictCase(
                "5.1", "HEADERS to a stream that was reset",
                Raw.waiting(1, end: false) + Raw.reset(1) + Raw.headers(1, end: true),
                .connectionError(Self.closed)),
            StrictCase(
                "5.1", "CONTINUATION to a stream that was reset",
                Raw.waiting(1, end: false) + Raw.reset(1)
                    + Raw.frame(.continuation, flags: Raw.endHeaders, stream: 1, [0x82]),
                .connectionError(Self.proto)),
            StrictCase(
                "5.1", "DATA to a stream that has ended", Raw.get() + Raw.data(1, [1]),
                .connectionError(Self.closed)),
            StrictCase(
                "5.1", "HEADERS to a stream that has ended", Raw.get() + Raw.headers(1, end: true),
                .connectionError(Self.closed)),
            StrictCase(
                "5.1", "CONTINUATION to a stream that has ended",
                Raw.get() + Raw.frame(.continuation, flags: Raw.endHeaders, stream: 1, [0x82]),
                .connectionError(Self.proto)),
            StrictCase(
                "5.1", "WINDOW_UPDATE to a stream that has ended",
                Raw.get() + Raw.windowUpdate(1, 1),
                .answered),
            StrictCase(
                "5.1", "PRIORITY to a stream that has ended",
                Raw.get() + Raw.frame(.priority, stream: 1, [0, 0, 0, 3, 1]), .answered),
            StrictCase(
                "5.1", "RST_STREAM to a stream that has ended", Raw.get() + Raw.reset(1), .ignored),
            StrictCase(
                "5.1.1", "a request on an even stream", Raw.headers(2, end: true),
                .connectionError(Self.proto)),
            StrictCase(
                "5.1.1", "a request on stream 0", Raw.headers(0, end: true),
                .connectionError(Self.proto)),
            StrictCase(
                "5.1.1", "a stream below the highest",
                Raw.headers(5, end: true) + Raw.headers(3, end: true),
                .connectionError(Self.proto)),
            StrictCase(
                "5.1.1", "a stream far above the highest",
                Raw.headers(1, end: true) + Raw.headers(0x7fff_ffff, end: true), .answered),
            StrictCase(
                "5.1.2", "more streams than allowed",
                (0..<101).flatMap { Raw.waiting(UInt32($0 * 2 + 1)) }, .connectionError(Self.proto)),
            StrictCase(
                "5.3.1", "HEADERS of a stream that depends on itself",
                Raw.frame(
                    .headers, flags: Raw.endHeaders | Raw.endStream | Raw.prioritised, stream: 1,
                    [0, 0, 0, 1, 9] + Raw.requestFields()), .connectionError(Self.proto)),
            StrictCase(
                "5.3.1", "PRIORITY of a stream that depends on itself",
                Raw.frame(.priority, stream: 1, [0, 0, 0, 1, 9]), .connectionError(Self.proto)),
            StrictCase(
                "5.3", "HEADERS with a dependency on a stream that is none",
                Raw.frame(
                    .headers, flags: Raw.endHeaders | Raw.endStream | Raw.prioritised, stream: 1,
                    [0x80, 0, 0, 77, 9] + Raw.requestFields()), .answered),
        ]

        @Test("frames (section 4)")
        func framing() async throws { try await StrictCase.check(Self.frames) }

        @Test("streams (section 5)")
        func streams() async throws { try await StrictCase.check(Self.states) }

        @Test("what is no preface ends the connection (section 3.4)")
        func preface() async throws {
            let openings = [
                Array("GET / HTTP/1.1\r\nhost: a\r\n\r\n".utf8),
                Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r".utf8),
                Array("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".utf8),
                Raw.frame(.settings), Array("INVALID CONNECTION PREFACE\r\n\r\n".utf8),
            ]
            try await AttackBench.runStrict { bench in
                for opening in openings {
                    try await bench.withStranger { peer in
                        peer.send(opening)
                        peer.receiveToEnd()
                        #expect(peer.isClosed, "\(opening)")
                    }
                }
            }
        }

        @Test("the first frame must be SETTINGS (section 3.4)")
        func firstFrame() async throws {
            let frames = [
                Raw.headers(1, end: true), Raw.frame(.ping, [UInt8](repeating: 1, count: 8)),
                Raw.frame(.settings, flags: Raw.acknowledgement), Raw.windowUpdate(0, 1),
            ]
            try await AttackBench.runStrict { bench in
                for frame in frames {
                    try await bench.withStranger { peer in
                        peer.send(Raw.preface + frame)
                        peer.receiveToEnd()
                        #expect(peer.isClosed, "\(frame)")
                        #expect(peer.seen.goAway == Code.protocolError, "\(frame)")
                    }
                }
            }
        }

        @Test("the server's first frame is SETTINGS, with its limits (section 3.4)")
        func serverPreface() async throws {
            try await AttackBench.runStrict { bench in
                try await bench.withStranger { peer in
                    let first = try #require(peer.seen.frames.first)
                    #expect(first.kind == Raw.Kind.settings.rawValue)
                    #expect(first.flags == 0)
                    // MAX_CONCURRENT_STREAMS 100, INITIAL_WINDOW_SIZE 256 KiB, MAX_HEADER_LIST_SIZE
                    // 16 KiB.
                    #expect(
                        first.payload == [0, 3] + Raw.number(100) + [0, 4] + Raw.number(1 << 18)
                            + [0, 6] + Raw.number(1 << 14))
                }
            }
        }
    }
}
