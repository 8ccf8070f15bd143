import AttackBench
import HTTP2
import TestKit
import Testing

extension Attacks {
    /// Frames that cost the peer nothing, without end.
    @Suite("flood attacks", .timeLimit(.minutes(1)))
    struct FloodAttackTests {
        /// One kind of frame, sent until the server has had enough.
        struct Flood: Sendable, CustomTestStringConvertible {
            let name: String
            /// What is sent once, before.
            var opening: [UInt8] = []
            /// What is repeated.
            let piece: [UInt8]
            /// What the server says; part of its debug text.
            var reason: String
            var code = Code.enhanceYourCalm
            var times = 10_000

            var testDescription: String { self.name }
        }

        private static let settings16 = Raw.frame(
            .settings, (0..<16).flatMap { _ in [0, 4, 0, 0, 0xff, 0xff] as [UInt8] })

        static let floods: [Flood] = [
            Flood(
                name: "PING (CVE-2019-9512)",
                piece: Raw.frame(.ping, [UInt8](repeating: 7, count: 8)),
                reason: "too many ping frames"),
            Flood(
                name: "PING acknowledgements nobody waits for",
                piece: Raw.frame(
                    .ping, flags: Raw.acknowledgement, [UInt8](repeating: 7, count: 8)),
                reason: "too many ping frames"),
            Flood(
                name: "SETTINGS (CVE-2019-9515)", piece: Raw.frame(.settings),
                reason: "too many settings frames"),
            Flood(
                name: "SETTINGS that change every window", opening: Raw.headers(1),
                piece: Self.settings16, reason: "too many settings frames"),
            Flood(
                name: "SETTINGS acknowledgements nobody waits for",
                piece: Raw.frame(.settings, flags: Raw.acknowledgement), reason: "ACK",
                code: Code.protocolError),
            Flood(
                name: "PRIORITY (CVE-2019-9513)",
                piece: (0..<100).flatMap {
                    Raw.frame(.priority, stream: UInt32($0 * 2 + 1), [0, 0, 0, 0, UInt8($0)])
                }, reason: "too many priority frames"),
            Flood(
                name: "WINDOW_UPDATE of the connection",
                piece: (0..<100).flatMap { _ in Raw.windowUpdate(0, 1) },
                reason: "too many windowUpdate frames"),
            Flood(
                name: "WINDOW_UPDATE of a stream", opening: Raw.headers(1),
                piece: (0..<100).flatMap { _ in Raw.windowUpdate(1, 1) },
                reason: "too many windowUpdate frames"),
            Flood(
                name: "empty DATA (CVE-2019-9518)", opening: Raw.headers(1), piece: Raw.data(1, []),
                reason: "too many emptyData frames"),
            Flood(
                name: "DATA that is all padding", opening: Raw.headers(1),
                piece: Raw.frame(
                    .data, flags: Raw.padded, stream: 1, [9] + [UInt8](repeating: 0, count: 9)),
                reason: "too many emptyData frames"),
            Flood(
                name: "fields without a name (CVE-2019-9516)",
                opening: Raw.frame(.headers, stream: 1, Raw.requestFields()),
                piece: Raw.frame(
                    .continuation, stream: 1, (0..<300).flatMap { _ in [0x00, 0, 0] as [UInt8] }),
                reason: ""),
            Flood(
                name: "fields without a value",
                opening: Raw.frame(.headers, stream: 1, Raw.requestFields()),
                piece: Raw.frame(
                    .continuation, stream: 1, (0..<300).flatMap { _ in Raw.field("x", "") }),
                reason: "header list too large"),
            Flood(
                name: "CONTINUATION (CVE-2024-28182)",
                opening: Raw.frame(.headers, stream: 1, Raw.requestFields()),
                piece: Raw.frame(.continuation, stream: 1, []),
                reason: "too many CONTINUATION frames"),
            Flood(
                name: "CONTINUATION of a request that was refused",
                opening: Raw.headers(3, end: true)
                    + Raw.frame(.headers, stream: 3, Raw.field("late", "x")),
                piece: Raw.frame(.continuation, stream: 3, []), reason: "", code: Code.streamClosed),
            Flood(
                name: "GOAWAY", opening: Raw.headers(1),
                piece: Raw.frame(.goAway, [0, 0, 0, 0, 0, 0, 0, 0]),
                reason: "too many goAway frames"),
            Flood(
                name: "frames of no known type",
                piece: (0..<100).flatMap { _ in [0, 0, 0, 0xbb, 0, 0, 0, 0, 0] as [UInt8] },
                reason: "too many unknown frames"),
        ]

        @Test("a flood ends the flooder's connection and nothing else", arguments: Self.floods)
        func flood(_ flood: Flood) async throws {
            let report = try await AttackBench.run { bench in
                try bench.flood(flood.opening, with: flood.piece, times: flood.times)
            }
            #expect(report.found.isClosed)
            #expect(report.found.goAway == flood.code)
            #expect(report.found.debugText.contains(flood.reason), "\(report.found.debugText)")
            #expect(report.terminations.count == 1, "\(report.terminations)")
        }

        @Test("stream ids that are passed over again and again end the connection")
        func passedOver() async throws {
            let report = try await AttackBench.run { bench in
                let peer = try bench.attacker()
                for index in 0..<100 where !peer.isClosed {
                    peer.send(Raw.headers(UInt32(index * 4 + 1), end: true))
                }
                peer.receiveToEnd()
                return peer.seen
            }
            #expect(report.found.goAway == Code.enhanceYourCalm)
            #expect(report.found.debugText == "too many stream ids passed over")
            #expect(report.found.statuses.count <= 17)
        }

        @Test("SETTINGS with too many entries ends the connection at once")
        func manySettings() async throws {
            let entry: [UInt8] = [0, 3, 0, 0, 0, 100]
            let report = try await AttackBench.run { bench in
                let peer = try bench.attacker()
                peer.send(Raw.frame(.settings, (0..<17).flatMap { _ in entry }))
                peer.receiveToEnd()
                return peer.seen
            }
            #expect(report.found.goAway == Code.enhanceYourCalm)
        }

        @Test("a flood of new connections costs nobody anything", arguments: [true, false])
        func connections(greets: Bool) async throws {
            let report = try await AttackBench.run { bench in
                for _ in 0..<300 {
                    let peer = try bench.connect(.frames)
                    if greets { peer.send(Raw.hello + Raw.headers(1)) }
                }
                return 0
            }
            #expect(report.terminations.isEmpty)
        }

        @Test("connections beyond the limit are closed at once, and as many as may stay served")
        func connectionsMax() async throws {
            var limits = HTTP2Limits.publicEdge
            limits.connectionsMax = 8
            _ = try await AttackBench.run(limits: limits) { bench in
                var peers: [RawPeer] = []
                // The neighbour is one of the eight.
                for index in 0..<30 {
                    let peer = try bench.connect(.frames)
                    peer.send(Raw.hello + Raw.request(1, [1]))
                    let isServed = peer.receive { $0.status(1) == "200" }
                    #expect(isServed == (index < 7))
                    peers.append(peer)
                }
                #expect(bench.target.listener.connectionCount == 8)
                // Whoever leaves makes room for another.
                peers.removeFirst()
                while bench.target.listener.connectionCount == 8 {}
                let late = try bench.connect(.frames)
                late.send(Raw.hello + Raw.request(1, [1]))
                #expect(late.receive { $0.status(1) == "200" })
                return 0
            }
        }
    }
}
