import AttackBench
import Testing

extension Attacks {
    /// RFC 9113 section 6: each frame type.
    @Suite("strictness: frame types", .timeLimit(.minutes(1)))
    struct FrameTypeTests {
        private static let size = Code.frameSizeError
        private static let proto = Code.protocolError
        private static let flow = Code.flowControlError

        private static func padded(
            _ kind: Raw.Kind, flags: UInt8 = 0, padding: UInt8, _ payload: [UInt8]
        ) -> [UInt8] {
            Raw.frame(kind, flags: flags | Raw.padded, stream: 1, [padding] + payload)
        }

        private static func setting(_ id: UInt8, _ value: UInt32) -> [UInt8] {
            Raw.frame(.settings, [0, id] + Raw.number(value))
        }

        static let bodies: [StrictCase] = [
            StrictCase("6.1", "DATA on stream 0", Raw.data(0, [1]), .connectionError(Self.proto)),
            StrictCase(
                "6.1", "DATA with padding",
                Raw.headers(1) + Self.padded(.data, flags: Raw.endStream, padding: 2, [7, 0, 0]),
                .answered),
            StrictCase(
                "6.1", "DATA that is all padding, with the end",
                Raw.headers(1) + Self.padded(.data, flags: Raw.endStream, padding: 3, [0, 0, 0]),
                .answered),
            StrictCase(
                "6.1", "DATA with more padding than payload",
                Raw.headers(1) + Self.padded(.data, flags: Raw.endStream, padding: 6, [0, 0, 0]),
                .connectionError(Self.proto)),
            StrictCase(
                "6.1", "DATA that is padded and empty",
                Raw.headers(1) + Raw.frame(.data, flags: Raw.padded, stream: 1, []),
                .connectionError(Self.proto)),
            StrictCase(
                "6.2", "HEADERS with padding",
                Self.padded(
                    .headers, flags: Raw.endHeaders | Raw.endStream, padding: 1,
                    Raw.requestFields() + [0]), .answered),
            StrictCase(
                "6.2", "HEADERS with more padding than payload",
                Self.padded(.headers, flags: Raw.endHeaders | Raw.endStream, padding: 9, [0x82]),
                .connectionError(Self.proto)),
            StrictCase(
                "6.2", "HEADERS with a priority that is cut short",
                Raw.frame(
                    .headers, flags: Raw.endHeaders | Raw.prioritised, stream: 1, [0, 0, 0, 3]),
                .connectionError(Self.size)),
            StrictCase(
                "6.10", "CONTINUATION on stream 0",
                Raw.frame(.headers, stream: 1, Raw.requestFields())
                    + Raw.frame(.continuation, flags: Raw.endHeaders, stream: 0, []),
                .connectionError(Self.proto)),
            StrictCase(
                "6.10", "CONTINUATION on another stream",
                Raw.frame(.headers, stream: 1, Raw.requestFields())
                    + Raw.frame(.continuation, flags: Raw.endHeaders, stream: 3, []),
                .connectionError(Self.proto)),
            StrictCase(
                "6.10", "CONTINUATION after the end of the block",
                Raw.waiting(1, end: false)
                    + Raw.frame(.continuation, flags: Raw.endHeaders, stream: 1, [0x82]),
                .connectionError(Self.proto)),
            StrictCase(
                "6.10", "CONTINUATION after DATA",
                Raw.waiting(1, end: false) + Raw.data(1, [1])
                    + Raw.frame(.continuation, flags: Raw.endHeaders, stream: 1, [0x82]),
                .connectionError(Self.proto)),
            StrictCase(
                "6.10", "DATA in the middle of a header block",
                Raw.frame(.headers, stream: 1, Raw.requestFields()) + Raw.data(1, [1]),
                .connectionError(Self.proto)),
            StrictCase(
                "6.10", "the end of the connection in the middle of a header block",
                Raw.frame(.headers, stream: 1, Raw.requestFields()) + Raw.frame(.settings),
                .connectionError(Self.proto)),
        ]

        static let controls: [StrictCase] = [
            StrictCase(
                "6.3", "PRIORITY on stream 0", Raw.frame(.priority, [0, 0, 0, 3, 1]),
                .connectionError(Self.proto)),
            StrictCase(
                "6.3", "PRIORITY of four bytes", Raw.frame(.priority, stream: 1, [0, 0, 0, 3]),
                .connectionError(Self.size)),
            StrictCase("6.4", "RST_STREAM on stream 0", Raw.reset(0), .connectionError(Self.proto)),
            StrictCase(
                "6.4", "RST_STREAM of three bytes",
                Raw.waiting(1) + Raw.frame(.resetStream, stream: 1, [0, 0, 8]),
                .connectionError(Self.size)),
            StrictCase(
                "6.4", "RST_STREAM with a code nobody knows", Raw.waiting(1) + Raw.reset(1, 0xdead),
                .ignored),
            StrictCase(
                "6.5", "SETTINGS on a stream", Raw.frame(.settings, stream: 1),
                .connectionError(Self.proto)
            ),
            StrictCase(
                "6.5", "SETTINGS of five bytes", Raw.frame(.settings, [0, 4, 0, 0, 0]),
                .connectionError(Self.size)),
            StrictCase(
                "6.5", "an acknowledgement of SETTINGS with a payload",
                Raw.frame(.settings, flags: Raw.acknowledgement, [0, 4, 0, 0, 0, 0]),
                .connectionError(Self.size)),
            StrictCase("6.5.2", "a setting nobody knows", Self.setting(0xfa, 5), .ignored),
            StrictCase("6.5.2", "ENABLE_PUSH 2", Self.setting(2, 2), .connectionError(Self.proto)),
            StrictCase("6.5.2", "ENABLE_PUSH 0", Self.setting(2, 0), .ignored),
            StrictCase(
                "6.5.2", "INITIAL_WINDOW_SIZE over its maximum", Self.setting(4, 0x8000_0000),
                .connectionError(Self.flow)),
            StrictCase(
                "6.5.2", "MAX_FRAME_SIZE under its minimum", Self.setting(5, 16_383),
                .connectionError(Self.proto)),
            StrictCase(
                "6.5.2", "MAX_FRAME_SIZE over its maximum", Self.setting(5, 0x0100_0000),
                .connectionError(Self.proto)),
            StrictCase(
                "6.5.2", "MAX_FRAME_SIZE at its maximum", Self.setting(5, 0x00ff_ffff), .ignored),
            StrictCase("6.5.2", "HEADER_TABLE_SIZE 0", Self.setting(1, 0) + Raw.get(), .answered),
            StrictCase(
                "6.6", "PUSH_PROMISE from a client",
                Raw.waiting(1, end: false)
                    + Raw.frame(
                        .pushPromise, flags: Raw.endHeaders, stream: 1,
                        [0, 0, 0, 2] + Raw.requestFields()), .connectionError(Self.proto)),
            StrictCase(
                "6.7", "PING on a stream", Raw.frame(.ping, stream: 1, [1, 2, 3, 4, 5, 6, 7, 8]),
                .connectionError(Self.proto)),
            StrictCase(
                "6.7", "PING of seven bytes", Raw.frame(.ping, [1, 2, 3, 4, 5, 6, 7]),
                .connectionError(Self.size)),
            StrictCase(
                "6.7", "an acknowledgement that nobody asked for",
                Raw.frame(.ping, flags: Raw.acknowledgement, [1, 2, 3, 4, 5, 6, 7, 8]), .ignored),
            StrictCase(
                "6.8", "GOAWAY on a stream",
                Raw.frame(.goAway, stream: 1, [0, 0, 0, 0, 0, 0, 0, 0]),
                .connectionError(Self.proto)),
            StrictCase(
                "6.8", "GOAWAY of seven bytes", Raw.frame(.goAway, [0, 0, 0, 0, 0, 0, 0]),
                .connectionError(Self.size)),
            StrictCase(
                "6.9", "WINDOW_UPDATE of three bytes", Raw.frame(.windowUpdate, [0, 0, 1]),
                .connectionError(Self.size)),
            StrictCase(
                "6.9", "WINDOW_UPDATE of nothing on the connection", Raw.windowUpdate(0, 0),
                .connectionError(Self.proto)),
            StrictCase(
                "6.9", "WINDOW_UPDATE of nothing on a stream",
                Raw.waiting(1) + Raw.windowUpdate(1, 0), .connectionError(Self.proto)),
            StrictCase(
                "6.9.1", "a connection's window that overflows", Raw.windowUpdate(0, 0x7fff_ffff),
                .connectionError(Self.flow)),
            StrictCase(
                "6.9.1", "a stream's window that overflows",
                Raw.waiting(1) + Raw.windowUpdate(1, 0x7fff_ffff), .streamError(Self.flow)),
            StrictCase(
                "6.9.2", "an initial window that makes a stream's overflow",
                Raw.waiting(1) + Raw.windowUpdate(1, 0x7fff_0000 - 65_535)
                    + Self.setting(4, 0x7fff_ffff), .streamError(Self.flow)),
            StrictCase(
                "7", "GOAWAY with a code nobody knows, with a stream open",
                Raw.waiting(1) + Raw.frame(.goAway, [0, 0, 0, 0, 0, 0, 0xde, 0xad]), .ignored),
        ]

        @Test("DATA, HEADERS and CONTINUATION (section 6)")
        func messageFrames() async throws { try await StrictCase.check(Self.bodies) }

        @Test("the other frames (sections 6 and 7)")
        func controlFrames() async throws { try await StrictCase.check(Self.controls) }

        @Test("SETTINGS are acknowledged once each, with nothing in it")
        func acknowledgements() async throws {
            try await AttackBench.runStrict { bench in
                try await bench.withStranger { peer in
                    peer.send(Raw.hello + Self.setting(3, 100))
                    #expect(peer.settle())
                    let acknowledgements = peer.seen.frames.filter {
                        $0.kind == Raw.Kind.settings.rawValue && $0.flags == Raw.acknowledgement
                    }
                    #expect(acknowledgements.count == 2)
                    #expect(acknowledgements.allSatisfy { $0.payload.isEmpty && $0.stream == 0 })
                }
            }
        }

        @Test("the last of several values of a setting counts, and windows may become negative")
        func windows() async throws {
            try await AttackBench.runStrict { bench in
                try await bench.withStranger { peer in
                    peer.send(Raw.hello)
                    Self.expectAnswer(
                        on: peer, of: 3,
                        after: Raw.frame(
                            .settings, [0, 4] + Raw.number(100) + [0, 4] + Raw.number(3))
                            + Raw.request(1, [UInt8](repeating: 1, count: 50)))
                    // Minus two, plus two: nothing; one more: one byte.
                    Self.expectAnswer(
                        on: peer, of: 3, after: Self.setting(4, 1) + Raw.windowUpdate(1, 2))
                    Self.expectAnswer(on: peer, of: 4, after: Raw.windowUpdate(1, 1))
                    Self.expectAnswer(on: peer, of: 50, after: Self.setting(4, 100))
                }
            }
        }

        /// Sends frames, and compares how much of the answer on stream 1 has come after them.
        private static func expectAnswer(on peer: RawPeer, of count: Int, after frames: [UInt8]) {
            peer.send(frames)
            #expect(peer.settle())
            #expect(peer.seen.bodies[1]?.count == count)
        }

        @Test("frames are no larger than the peer takes, and no smaller than they may be")
        func frameSize() async throws {
            try await AttackBench.runStrict { bench in
                try await bench.withStranger { peer in
                    let piece = [UInt8](repeating: 1, count: 15_000)
                    peer.send(Raw.hello + Raw.headers(1))
                    for index in 0..<4 { peer.send(Raw.data(1, piece, end: index == 3)) }
                    #expect(peer.receive { $0.bodies[1]?.count == 60_000 })
                    let sizes = peer.seen.frames.filter { $0.kind == Raw.Kind.data.rawValue }
                        .map(\.payload.count)
                    #expect(sizes.filter { $0 > 0 } == [16_384, 16_384, 16_384, 10_848])
                }
            }
        }
    }
}
