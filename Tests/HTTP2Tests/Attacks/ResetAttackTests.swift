import AttackBench
import HTTP2
import Synchronization
import TestKit
import Testing

extension Attacks {
    /// Streams that are opened only to be closed.
    @Suite("reset attacks", .timeLimit(.minutes(1)))
    struct ResetAttackTests {
        @Test("rapid reset ends the connection (CVE-2023-44487)", arguments: [true, false])
        func rapidReset(inOneRead: Bool) async throws {
            let handler = CountingHandler()
            let report = try await AttackBench.run(handler) { bench in
                let peer = try bench.attacker()
                for index in 0..<2000 where !peer.isClosed {
                    let stream = UInt32(index * 2 + 1)
                    let pair = [Raw.headers(stream, end: true), Raw.reset(stream)]
                    if inOneRead {
                        peer.send(pair[0] + pair[1])
                    } else {
                        for frame in pair { peer.send(frame) }
                    }
                }
                peer.receiveToEnd()
                return peer.seen
            }
            #expect(report.found.goAway == Code.internalError)
            #expect(report.terminations.count == 1)
            #expect(handler.count.withLock { $0 } <= 210)
        }

        /// A way to make the server reset a stream (CVE-2025-8671).
        struct Trigger: Sendable, CustomTestStringConvertible {
            let name: String
            /// The frames for one stream.
            let frames: @Sendable (UInt32) -> [UInt8]
            /// What the server says in the end.
            var code = Code.enhanceYourCalm
            /// The code of the resets before.
            var resetCode: UInt32?

            var testDescription: String { self.name }
        }

        static let triggers: [Trigger] = [
            Trigger(
                name: "a window that overflows",
                frames: { Raw.headers($0, end: true) + Raw.windowUpdate($0, 0x7fff_ffff) },
                resetCode: Code.flowControlError),
            Trigger(
                name: "a window update of nothing",
                frames: { Raw.headers($0, end: true) + Raw.windowUpdate($0, 0) },
                code: Code.protocolError),
            Trigger(
                name: "DATA after the end",
                frames: { Raw.headers($0, end: true) + Raw.data($0, [1]) }, code: Code.streamClosed),
            Trigger(
                name: "HEADERS after the end",
                frames: { Raw.headers($0, end: true) + Raw.headers($0, end: true) },
                code: Code.streamClosed),
            Trigger(
                name: "PRIORITY of a wrong length",
                frames: {
                    Raw.headers($0, end: true) + Raw.frame(.priority, stream: $0, [0, 0, 0, 3])
                },
                code: Code.frameSizeError),
            Trigger(
                name: "a stream that depends on itself",
                frames: {
                    Raw.headers($0, end: true)
                        + Raw.frame(.priority, stream: $0, Raw.number($0) + [1])
                }, code: Code.protocolError),
            Trigger(
                name: "more body than announced",
                frames: {
                    Raw.headers($0, Raw.requestFields(Raw.field("content-length", "1")))
                        + Raw.data($0, [1, 2])
                }, resetCode: Code.protocolError),
            Trigger(
                name: "less body than announced",
                frames: {
                    Raw.headers($0, Raw.requestFields(Raw.field("content-length", "3")))
                        + Raw.data($0, [1, 2], end: true)
                }, resetCode: Code.protocolError),
            Trigger(
                name: "trailers that do not end the stream",
                frames: { Raw.headers($0) + Raw.headers($0, Raw.field("x", "y")) },
                resetCode: Code.protocolError),
            Trigger(
                name: "trailers with a name that is none",
                frames: { Raw.headers($0) + Raw.headers($0, end: true, Raw.field("X Y", "z")) },
                resetCode: Code.protocolError),
            Trigger(
                name: "trailers with a pseudo field",
                frames: { Raw.headers($0) + Raw.headers($0, end: true, Raw.field(":path", "/")) },
                resetCode: Code.protocolError),
            Trigger(
                name: "a field name in upper case",
                frames: { Raw.headers($0, end: true, Raw.requestFields(Raw.field("X", "y"))) },
                resetCode: Code.protocolError),
        ]

        @Test(
            "streams that are made to be reset end the connection (CVE-2025-8671)",
            arguments: Self.triggers)
        func madeYouReset(_ trigger: Trigger) async throws {
            let handler = NeverHandler()
            let report = try await AttackBench.run(handler) { bench in
                let peer = try bench.attacker()
                for index in 0..<500 where !peer.isClosed {
                    peer.send(trigger.frames(UInt32(index * 2 + 1)))
                    guard trigger.resetCode != nil else { continue }
                    peer.receive { $0.frames(.resetStream).count > index || $0.goAway != nil }
                }
                peer.receiveToEnd()
                return peer.seen
            }
            #expect(report.found.goAway == trigger.code)
            #expect(report.found.resets.count < 30)
            if let code = trigger.resetCode {
                #expect(report.found.resets.allSatisfy { $0 == code })
                #expect(report.found.resets.count >= 15)
                #expect(report.found.debugText.contains("too many forcedReset frames"))
            }
            #expect(report.terminations.count == 1)
            while handler.running.withLock({ $0 }) > 0 { await Task.yield() }
        }

        @Test("streams beyond the limit are refused a while, then the connection ends")
        func refusedFlood() async throws {
            let handler = NeverHandler()
            let report = try await AttackBench.run(handler) { bench in
                // Our SETTINGS stay unacknowledged: until then more streams are no error.
                let peer = try bench.connect(.frames)
                peer.send(Raw.preface + Raw.frame(.settings))
                for index in 0..<2000 where !peer.isClosed {
                    peer.send(Raw.headers(UInt32(index * 2 + 1), end: true))
                }
                peer.receiveToEnd()
                return peer.seen
            }
            #expect(report.found.goAway == Code.enhanceYourCalm)
            #expect(report.found.debugText.contains("too many refusedStream frames"))
            #expect(Set(report.found.resets) == [Code.refusedStream])
            #expect((240...260).contains(report.found.resets.count))
            while handler.running.withLock({ $0 }) > 0 { await Task.yield() }
        }

        @Test("the same from a peer that reads nothing fills no memory")
        func refusedFloodUnread() async throws {
            let report = try await AttackBench.run(NeverHandler()) { bench in
                let peer = try bench.connect(.frames)
                peer.send(Raw.preface + Raw.frame(.settings))
                var bytes: [UInt8] = []
                for index in 0..<200_000 { bytes += Raw.headers(UInt32(index * 2 + 1), end: true) }
                let taken = peer.push(bytes)
                peer.receiveToEnd()
                return (taken, bytes.count)
            }
            #expect(report.found.0 < report.found.1)
            #expect(report.terminations.count == 1)
        }

        @Test("streams beyond the limit that was acknowledged end the connection")
        func tooManyStreams() async throws {
            let handler = NeverHandler()
            let report = try await AttackBench.run(handler) { bench in
                let peer = try bench.attacker()
                for index in 0..<101 { peer.send(Raw.headers(UInt32(index * 2 + 1), end: true)) }
                peer.receiveToEnd()
                return peer.seen
            }
            #expect(report.found.goAway == Code.protocolError)
            while handler.running.withLock({ $0 }) > 0 { await Task.yield() }
        }

        /// Ways to have a request reset whose handler runs: by the client, and by the server
        /// itself (CVE-2025-8671).
        static let resets: [@Sendable (UInt32) -> [UInt8]] = [
            { Raw.reset($0) }, { Raw.windowUpdate($0, 0x7fff_ffff) },
        ]

        @Test(
            "reset requests keep their slots until their handlers have ended",
            arguments: Self.resets.indices)
        func slots(reset: Int) async throws {
            var limits = HTTP2Limits.publicEdge
            limits.handlersMax = 4
            let handler = StubbornHandler()
            let report = try await AttackBench.run(handler, limits: limits) { bench in
                let peer = try bench.attacker()
                for index in 0..<7 {
                    let stream = UInt32(index * 2 + 1)
                    peer.send(Raw.headers(stream, end: true))
                    // A PING that is back shows that the request has been dealt with.
                    peer.send(Raw.frame(.ping, [UInt8](repeating: UInt8(index), count: 8)))
                    peer.receive { $0.frames(.ping).count > index }
                    peer.send(Self.resets[reset](stream))
                }
                let refused = peer.seen
                #expect(refused.statuses.keys.sorted() == [9, 11, 13])
                #expect(refused.statuses.values.allSatisfy { $0 == 503 })
                handler.gate.open()
                while handler.ended.withLock({ $0 }) < 4 {}
                peer.send(Raw.headers(101, end: true))
                #expect(peer.receive { $0.status(101) == "200" })
                return 0
            }
            #expect(report.terminations.isEmpty)
        }
    }
}
