import AttackBench
import HTTP2
import Synchronization
import TestKit
import Testing

extension Attacks {
    /// Peers that begin something and leave it at that.
    @Suite("slow and vanished peers", .timeLimit(.minutes(1)))
    struct SlowPeerTests {
        /// Something that is begun.
        struct Beginning: Sendable, CustomTestStringConvertible {
            let name: String
            let bytes: [UInt8]
            let limits: HTTP2Limits
            /// The answer on stream 1.
            var status: Int?
            var goAway: UInt32?
            var resets: [UInt32] = []
            /// Why the server ended the connection; `nil` when it did not.
            var termination: String?

            /// Whether it is the end of the connection, not only of a stream.
            var closes: Bool { self.resets.isEmpty || self.goAway != nil }

            var testDescription: String { self.name }
        }

        private static func limits(_ change: (inout HTTP2Limits) -> Void) -> HTTP2Limits {
            var limits = HTTP2Limits.publicEdge
            change(&limits)
            return limits
        }

        static let beginnings: [Beginning] = [
            Beginning(
                name: "nothing", bytes: [], limits: Self.limits { $0.prefaceSecondsMax = 0 },
                termination: "no preface came"),
            Beginning(
                name: "half a preface", bytes: Array(Raw.preface.prefix(10)),
                limits: Self.limits { $0.prefaceSecondsMax = 0 }, termination: "no preface came"),
            Beginning(
                name: "a preface without SETTINGS", bytes: Raw.preface,
                limits: Self.limits { $0.prefaceSecondsMax = 0 }, termination: "no preface came"),
            Beginning(
                name: "no acknowledgement of SETTINGS", bytes: Raw.preface + Raw.frame(.settings),
                limits: Self.limits { $0.settingsAckSecondsMax = 0 }, goAway: Code.settingsTimeout,
                termination: "SETTINGS were not acknowledged"),
            Beginning(
                name: "half a header block",
                bytes: Raw.hello + Raw.frame(.headers, stream: 1, [0x82]),
                limits: Self.limits { $0.headerBlockSecondsMax = 0 }, goAway: Code.enhanceYourCalm,
                termination: "a header block came too slowly"),
            Beginning(
                name: "half a HEADERS frame", bytes: Raw.hello + Array(Raw.headers(1).dropLast()),
                limits: Self.limits { $0.headerBlockSecondsMax = 0 }, goAway: Code.enhanceYourCalm,
                termination: "a header block came too slowly"),
            Beginning(
                name: "half a body", bytes: Raw.hello + Raw.headers(1) + Raw.data(1, [1]),
                limits: Self.limits { $0.bodyGraceSeconds = 0 }, status: 408,
                resets: [Code.noError]),
            Beginning(
                name: "an answer it does not take",
                bytes: Raw.preface + Raw.frame(.settings, [0, 4, 0, 0, 0, 0])
                    + Raw.frame(.settings, flags: Raw.acknowledgement) + Raw.request(1, [1])
                    + Raw.request(3, [1]),
                limits: Self.limits {
                    $0.writeStallSecondsMax = 0
                    $0.stalledStreamsMax = 2
                }, status: 200, goAway: Code.enhanceYourCalm,
                termination: "responses were not taken"),
            Beginning(
                name: "no acknowledgement of a PING", bytes: Raw.hello,
                limits: Self.limits {
                    $0.keepaliveSeconds = 0
                    $0.keepaliveAckSecondsMax = 0
                }, termination: "a PING was not acknowledged"),
            Beginning(
                name: "nothing after greeting", bytes: Raw.hello,
                limits: Self.limits {
                    $0.idleSecondsMax = 0
                    $0.drainGraceSeconds = 0
                }, goAway: Code.noError),
        ]

        @Test("what never comes to an end is ended in time", arguments: Self.beginnings)
        func begins(_ beginning: Beginning) throws {
            let server = try EmbeddedServer(limits: beginning.limits, greets: false)
            try server.send(beginning.bytes)
            try server.advance(seconds: 3)
            #expect(server.status(1) == beginning.status.map(String.init))
            #expect(server.goAway == beginning.goAway)
            if !beginning.resets.isEmpty {
                #expect(server.frames(.resetStream).map(\.code) == beginning.resets)
            }
            #expect(server.isClosed == beginning.closes)
            #expect(server.termination.reason == beginning.termination)
        }

        @Test("what never comes to an end is ended on a listener too, while others are served")
        func beginOnListener() async throws {
            let report = try await AttackBench.run { bench in
                var seen: [(peer: SeenByAttacker, reasons: Termination)] = []
                for beginning in Self.beginnings where beginning.closes {
                    seen.append(
                        try await bench.withListener(limits: beginning.limits) {
                            listener, reasons in
                            let peer = try bench.connect(.frames, to: listener.address)
                            peer.send(beginning.bytes)
                            peer.receiveToEnd()
                            return (peer.seen, reasons)
                        })
                }
                return seen
            }
            let expected = Self.beginnings.filter(\.closes)
            for (beginning, seen) in zip(expected, report.found) {
                #expect(seen.peer.isClosed, "\(beginning.name)")
                #expect(seen.peer.goAway == beginning.goAway, "\(beginning.name)")
                #expect(seen.peer.statuses[1] == beginning.status, "\(beginning.name)")
                let reasons = beginning.termination.map { [$0] } ?? []
                #expect(seen.reasons.all == reasons, "\(beginning.name)")
            }
        }

        @Test("many who begin and never end are held within bounds, and ended each for itself")
        func manyBeginnings() async throws {
            var limits = HTTP2Limits.publicEdge
            limits.headerBlockSecondsMax = 1
            limits.bodyGraceSeconds = 1
            // What an idle connection costs, two hundred times.
            let bounds = AttackBounds(heldBytesMax: 12 << 20)
            let report = try await AttackBench.run(within: bounds) { [limits] bench in
                try await bench.withListener(limits: limits) { listener, reasons in
                    let beginnings = [
                        Raw.hello + Raw.frame(.headers, stream: 1, [0x82]),
                        Raw.hello + Raw.headers(1) + Raw.data(1, [1]),
                    ]
                    let peers = try (0..<200).map { index in
                        let peer = try bench.connect(.frames, to: listener.address)
                        peer.send(beginnings[index % 2])
                        return peer
                    }
                    for (index, peer) in peers.enumerated() {
                        if index % 2 == 0 {
                            peer.receiveToEnd()
                        } else {
                            peer.receive { $0.status(1) != nil }
                        }
                    }
                    return (peers.map(\.seen), reasons)
                }
            }
            let (seen, reasons) = report.found
            for (index, peer) in seen.enumerated() {
                #expect(peer.goAway == (index % 2 == 0 ? Code.enhanceYourCalm : nil))
                #expect(peer.statuses[1] == (index % 2 == 0 ? nil : 408))
            }
            #expect(reasons.all.count == 100)
            #expect(Set(reasons.all) == ["a header block came too slowly"])
        }

        @Test("a peer that says that it will say no more is let go, and its handlers are cancelled")
        func halfClosed() async throws {
            let handler = NeverHandler()
            let report = try await AttackBench.run(handler) { bench in
                let peer = try bench.attacker()
                peer.send(Raw.headers(1, end: true) + Raw.headers(3))
                while handler.running.withLock({ $0 }) == 0 {}
                peer.shutdownOutput()
                peer.receiveToEnd()
                return peer.seen
            }
            #expect(report.found.isClosed)
            while handler.running.withLock({ $0 }) > 0 { await Task.yield() }
        }

        @Test(
            "refused header blocks leave no timer behind",
            arguments: [
                ("malformed", Raw.headers(1, end: true, Raw.requestFields(Raw.field("X", "y")))),
                ("too large", Raw.headers(1, end: true, Raw.requestFields(many))),
                (
                    "on a stream that was reset",
                    Raw.headers(1) + Raw.reset(1) + Raw.headers(1, end: true, Raw.field("x", "y"))
                ),
            ])
        func refusedHeaders(name: String, bytes: [UInt8]) throws {
            let server = try EmbeddedServer()
            try server.send(bytes)
            guard server.goAway == nil else { return }
            try server.advance(seconds: 20)
            #expect(server.goAway == nil, "\(name)")
            #expect(!server.isClosed)
        }

        private static let many = (0..<120).flatMap { _ in Raw.field("n", "") }

        @Test("a refused stream leaves no timer behind")
        func refusedStream() throws {
            var limits = HTTP2Limits.publicEdge
            limits.streamsMax = 1
            limits.settingsAckSecondsMax = 100
            let server = try EmbeddedServer(NeverHandler(), limits: limits, greets: false)
            try server.send(
                Raw.preface + Raw.frame(.settings) + Raw.headers(1, end: true)
                    + Raw.headers(3, end: true))
            #expect(server.frames(.resetStream).map(\.code) == [Code.refusedStream])
            try server.advance(seconds: 20)
            #expect(!server.isClosed)
        }

        @Test("an answer that fits no buffer is whole when its connection drains")
        func drainedAnswer() async throws {
            let body = [UInt8](repeating: 7, count: 900_000)
            let report = try await AttackBench.run(limits: .internalPeers) { bench in
                let peer = try bench.connect(.frames)
                peer.send(
                    Raw.preface + Raw.frame(.settings, [0, 4, 0x7f, 0xff, 0xff, 0xff])
                        + Raw.windowUpdate(0, 0x7fff_0000)
                        + Raw.frame(.settings, flags: Raw.acknowledgement))
                peer.send(Raw.headers(1))
                for start in stride(from: 0, to: body.count, by: 10_000) {
                    peer.send(Raw.data(1, Array(body[start..<start + 10_000])))
                }
                // The peer goes away as soon as it is served: GOAWAY, then END_STREAM.
                peer.send(
                    Raw.data(1, [], end: true) + Raw.frame(.goAway, [0, 0, 0, 0, 0, 0, 0, 0]))
                peer.receiveToEnd()
                return peer.seen.bodies[1]
            }
            #expect(report.found == body)
        }
    }
}
