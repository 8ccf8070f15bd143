import AttackBench
import Testing

extension Attacks {
    /// What is unusual and allowed, and whether all areas of the standards have rows.
    @Suite("strictness: what is allowed", .timeLimit(.minutes(1)))
    struct RegularTests {
        private static func priority(_ stream: UInt32, _ dependency: UInt32, _ weight: UInt8)
            -> [UInt8]
        {
            Raw.frame(.priority, stream: stream, Raw.number(dependency) + [weight])
        }

        static let frames: [StrictCase] = [
            StrictCase("5.3", "PRIORITY of the least weight", Self.priority(1, 0, 0), .ignored),
            StrictCase(
                "5.3", "PRIORITY of the greatest weight", Self.priority(1, 0, 255) + Raw.get(),
                .answered),
            StrictCase(
                "5.3", "PRIORITY with a dependency",
                Self.priority(3, 0, 9) + Self.priority(1, 3, 9) + Raw.get(), .answered),
            StrictCase(
                "5.3", "PRIORITY that is exclusive",
                Self.priority(3, 0, 9) + Self.priority(1, 0x8000_0003, 9) + Raw.get(), .answered),
            StrictCase(
                "5.3", "PRIORITY of an idle stream above the request's",
                Self.priority(5, 0, 9) + Raw.get(), .answered),
            StrictCase(
                "5.4.1", "a frame that is none is told so before the connection ends",
                Raw.frame(.ping, [1, 2, 3, 4, 5, 6]), .connectionError(Code.frameSizeError)),
            StrictCase(
                "5.5", "an extension's frames and settings",
                [0, 0, 8, 0x16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + Raw.get(), .answered),
            StrictCase(
                "5.5", "an extension's frame in the middle of a header block",
                Raw.frame(.headers, flags: Raw.endStream, stream: 1, Raw.requestFields())
                    + [0, 0, 8, 0x16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                .connectionError(Code.protocolError)),
            StrictCase(
                "6.4", "RST_STREAM, and a further request",
                Raw.headers(1, end: true) + Raw.waiting(3) + Raw.reset(3), .answered),
            StrictCase(
                "6.5.3", "a setting more than once",
                Raw.frame(.settings, [0, 4] + Raw.number(100) + [0, 4] + Raw.number(200))
                    + Raw.get(),
                .answered),
            StrictCase("6.9", "WINDOW_UPDATE of the connection", Raw.windowUpdate(0, 1), .ignored),
            StrictCase(
                "6.9", "WINDOW_UPDATE of an open stream",
                Raw.headers(1) + Raw.windowUpdate(1, 1) + Raw.data(1, [], end: true), .answered),
            StrictCase(
                "6.9.1", "a connection's window that overflows by and by",
                Raw.windowUpdate(0, 0x7fff_0000) + Raw.windowUpdate(0, 0x7fff_0000),
                .connectionError(Code.flowControlError)),
            StrictCase(
                "6.10", "CONTINUATION after CONTINUATION with the end of the block",
                Raw.frame(.headers, stream: 1, Raw.requestFields(path: "/wait"))
                    + Raw.frame(
                        .continuation, flags: Raw.endHeaders, stream: 1, Raw.field("x", "y"))
                    + Raw.frame(
                        .continuation, flags: Raw.endHeaders, stream: 1, Raw.field("x", "y")),
                .connectionError(Code.protocolError)),
            StrictCase(
                "4.2", "CONTINUATION over the largest size",
                Raw.frame(.headers, stream: 1, Raw.requestFields())
                    + Raw.frame(.continuation, stream: 1, [UInt8](repeating: 0, count: 16_385)),
                .connectionError(Code.frameSizeError)),
            StrictCase(
                "8.1", "HEAD", Raw.headers(1, end: true, Raw.requestFields(method: "HEAD")),
                .answered),
            StrictCase(
                "8.1", "a body in many pieces",
                Raw.headers(1) + (0..<9).flatMap { Raw.data(1, [$0], end: $0 == 8) }, .answered),
            StrictCase(
                "8.2.1", "DEL in a name", Raw.get(Raw.field("x\u{7f}", "y")),
                .streamError(Code.protocolError)),
            StrictCase(
                "8.2.1", "DEL in a value", Raw.get(Raw.field("x", "y\u{7f}")),
                .streamError(Code.protocolError)),
        ]

        /// `user-agent` in the static table, after a prefix of four bits.
        private static let longIndex: [UInt8] = [0x0f, 58 - 15]
        /// "a", plain and in Huffman's code (RFC 7541 appendix B).
        private static let plain: [UInt8] = [0x01, 0x61]
        private static let coded: [UInt8] = [0x81, 0x1f]

        static let fields: [StrictCase] = [
            StrictCase(
                "HPACK 6.2.1", "a new entry of a known name", Raw.get([0x7a] + Self.plain),
                .answered),
            StrictCase(
                "HPACK 6.2.1", "a new entry of a known name, coded", Raw.get([0x7a] + Self.coded),
                .answered),
            StrictCase(
                "HPACK 6.2.1", "a new entry of a new name",
                Raw.get([0x40] + Self.plain + Self.plain),
                .answered),
            StrictCase(
                "HPACK 6.2.1", "a new entry of a new name, coded",
                Raw.get([0x40] + Self.coded + Self.coded), .answered),
            StrictCase(
                "HPACK 6.2.1", "a new entry, and at once its index",
                Raw.get([0x40] + Self.coded + Self.coded + [0xbe]), .answered),
            StrictCase(
                "HPACK 6.2.1", "a new entry, and its index in a later request",
                Raw.get([0x40] + Self.coded + Self.coded)
                    + Raw.headers(3, end: true, Raw.requestFields() + [0xbe]), .answered),
            StrictCase(
                "HPACK 6.2.2", "no entry, of a known name", Raw.get(Self.longIndex + Self.plain),
                .answered),
            StrictCase(
                "HPACK 6.2.2", "no entry, of a known name, coded",
                Raw.get(Self.longIndex + Self.coded),
                .answered),
            StrictCase(
                "HPACK 6.2.2", "no entry, of a new name, coded",
                Raw.get([0x00] + Self.coded + Self.coded), .answered),
            StrictCase(
                "HPACK 6.2.2", "no entry, and so no index of it",
                Raw.get([0x00] + Self.coded + Self.coded + [0xbe]),
                .connectionError(Code.compressionError)),
            StrictCase(
                "HPACK 6.2.3", "never an entry, of a known name", Raw.get([0x1f, 43] + Self.plain),
                .answered),
            StrictCase(
                "HPACK 6.2.3", "never an entry, of a known name, coded",
                Raw.get([0x1f, 43] + Self.coded), .answered),
            StrictCase(
                "HPACK 6.2.3", "never an entry, of a new name, coded",
                Raw.get([0x10] + Self.coded + Self.coded), .answered),
            StrictCase(
                "HPACK 6.3", "two table size changes before the first field",
                Raw.headers(1, end: true, [0x20, 0x3f, 0xe1, 0x1f] + Raw.requestFields()), .answered
            ),
        ]

        @Test("frames and messages")
        func unusualFrames() async throws { try await StrictCase.check(Self.frames) }

        @Test("every form of a field (RFC 7541 section 6)")
        func fieldForms() async throws { try await StrictCase.check(Self.fields) }

        @Test(
            "every area has rows: those that a server's conformance is commonly tested in",
            arguments: [
                "4.1", "4.2", "4.3", "5.1", "5.1.1", "5.1.2", "5.3", "5.3.1", "5.4.1", "5.5", "6.1",
                "6.2", "6.3", "6.4", "6.5", "6.5.2", "6.5.3", "6.6", "6.7", "6.8", "6.9", "6.9.1",
                "6.9.2", "6.10", "7", "8.1", "8.1.1", "8.2", "8.2.1", "8.2.2", "8.2.3", "8.3",
                "8.3.1",
                "8.4", "HPACK 2.3.3", "HPACK 4.2", "HPACK 4.4", "HPACK 5.1", "HPACK 5.2",
                "HPACK 6.1",
                "HPACK 6.2.1", "HPACK 6.2.2", "HPACK 6.2.3", "HPACK 6.3",
            ])
        func areas(section: String) {
            let rows =
                FramingTests.frames + FramingTests.states + FrameTypeTests.bodies
                + FrameTypeTests.controls + MessageTests.messages + MessageTests.compressions
                + Self.frames + Self.fields
            #expect(rows.contains { $0.section == section })
        }
    }
}
