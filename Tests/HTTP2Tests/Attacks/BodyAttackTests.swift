import AttackBench
import HTTP2
import Synchronization
import TestKit
import Testing

extension Attacks {
    /// Bodies that do not fit, and answers that are not taken.
    @Suite("body attacks", .timeLimit(.minutes(1)))
    struct BodyAttackTests {
        @Test("a body over the limit is answered with 413, and the connection goes on")
        func oversizedBody() async throws {
            var limits = HTTP2Limits.publicEdge
            limits.bodyBytesMax = 20_000
            let report = try await AttackBench.run(limits: limits) { bench in
                let peer = try bench.attacker()
                let piece = [UInt8](repeating: 1, count: 16_000)
                for index in 0..<15 {
                    let stream = UInt32(index * 2 + 1)
                    peer.send(
                        Raw.headers(stream) + Raw.data(stream, piece) + Raw.data(stream, piece))
                }
                peer.receive { $0.frames(.resetStream).count == 15 }
                let refused = peer.seen
                peer.send(Raw.request(101, [1, 2, 3]))
                #expect(peer.receive { $0.bodies[101] == [1, 2, 3] })
                return refused
            }
            #expect(report.found.statuses.values.filter { $0 == 413 }.count == 15)
            #expect(report.found.resets.allSatisfy { $0 == Code.noError })
            #expect(report.terminations.isEmpty)
        }

        @Test("a body that is announced as too large is refused before it comes")
        func announcedBody() async throws {
            let lengths = ["1048577", "99999999999999999999"]
            let report = try await AttackBench.run { bench in
                try lengths.map { length in
                    let peer = try bench.attacker()
                    let fields = Raw.requestFields(Raw.field("content-length", length))
                    peer.send(Raw.headers(1, fields))
                    peer.receive { !$0.frames(.resetStream).isEmpty }
                    return peer.seen
                }
            }
            #expect(report.found.map { $0.statuses[1] } == [413, nil])
            #expect(report.found.map(\.resets) == [[Code.noError], [Code.protocolError]])
        }

        @Test("bodies that are never finished are held up to a bound, and refused beyond it")
        func unfinishedBodies() async throws {
            var limits = HTTP2Limits.publicEdge
            limits.heldBodyBytesMax = 1 << 20
            let bounds = AttackBounds(heldBytesMax: 7 << 18)
            let report = try await AttackBench.run(limits: limits, within: bounds) { bench in
                let peer = try bench.attacker()
                let piece = [UInt8](repeating: 1, count: 16_384)
                for index in 0..<90 {
                    let stream = UInt32(index * 2 + 1)
                    peer.send(Raw.headers(stream))
                    for _ in 0..<3 { peer.send(Raw.data(stream, piece)) }
                }
                peer.send(Raw.request(1001, [1]))
                peer.receive { $0.status(1001) != nil }
                return peer.seen
            }
            // 90 bodies of 48 KiB are four times what is held.
            let refused = report.found.statuses.values.filter { $0 == 503 }.count
            #expect((60...75).contains(refused), "\(refused)")
            #expect(report.found.goAway == nil)
        }

        @Test("a connection's window that is overrun ends the connection")
        func overrunConnectionWindow() async throws {
            var limits = HTTP2Limits.publicEdge
            limits.connectionWindowBytes = 65_535
            limits.streamWindowBytes = 1 << 20
            limits.heldBodyBytesMax = 20_000
            let handler = NeverHandler()
            let report = try await AttackBench.run(handler, limits: limits) { bench in
                let peer = try bench.attacker()
                let piece = [UInt8](repeating: 1, count: 10_000)
                // As long as the first body is held, no window is given back for further ones.
                peer.send(Raw.headers(1) + Raw.data(1, piece) + Raw.data(1, piece, end: true))
                peer.send(Raw.headers(3))
                for _ in 0..<20 where !peer.isClosed { peer.send(Raw.data(3, piece)) }
                peer.receiveToEnd()
                return peer.seen
            }
            #expect(report.found.goAway == Code.flowControlError)
            while handler.running.withLock({ $0 }) > 0 { await Task.yield() }
        }

        @Test("a stream's window that is overrun resets the stream")
        func overrunStreamWindow() async throws {
            var limits = HTTP2Limits.publicEdge
            limits.streamWindowBytes = 1000
            let report = try await AttackBench.run(limits: limits) { bench in
                let peer = try bench.attacker()
                peer.send(Raw.headers(1) + Raw.data(1, [UInt8](repeating: 1, count: 10_000)))
                peer.receive { !$0.frames(.resetStream).isEmpty }
                return peer.seen
            }
            #expect(report.found.resets == [Code.flowControlError])
            #expect(report.found.goAway == nil)
        }

        /// Answers every request with a mebibyte.
        private struct LargeHandler: HTTP2RequestHandler {
            func respond(
                to request: borrowing HTTP2Request, with responder: borrowing HTTP2Responder
            ) async throws {
                responder.send(EchoHandler.head, body: [UInt8](repeating: 1, count: 1 << 20))
            }

            func refusal(_ reason: HTTP2Refusal) -> HTTP2Response {
                HTTP2Response(status: reason.status)
            }
        }

        /// Attacks a server that answers every request with a mebibyte, to eight at once.
        ///
        /// Four mebibytes are kept for those who do not take them, and eight more at most that were
        /// being made by then; as much again is what is not to happen.
        private static func runLarge<Found: Sendable>(
            _ attack: @escaping @Sendable (AttackBench<HTTP2Target>) async throws -> Found
        ) async throws -> AttackBench<HTTP2Target>.Report<Found> {
            var limits = HTTP2Limits.publicEdge
            limits.handlersMax = 8
            // What ends the connection is not to be how many streams are open.
            limits.streamsMax = 100_000
            return try await AttackBench.run(
                LargeHandler(), limits: limits, within: AttackBounds(heldBytesMax: 14 << 20),
                attack: attack)
        }

        /// SETTINGS_INITIAL_WINDOW_SIZE.
        private static func window(_ bytes: UInt32) -> [UInt8] {
            Raw.frame(.settings, [0, 4] + Raw.number(bytes))
        }

        @Test("answers that nobody takes are kept up to a bound, then requests are refused")
        func zeroWindow() async throws {
            let report = try await Self.runLarge { bench in
                let peer = try bench.connect(.frames)
                peer.send(
                    Raw.preface + Self.window(0) + Raw.frame(.settings, flags: Raw.acknowledgement))
                for index in 0..<100 {
                    let stream = UInt32(index * 2 + 1)
                    peer.send(Raw.headers(stream, end: true))
                    peer.receive { $0.status(stream) != nil }
                }
                return peer.seen
            }
            // Four mebibytes are kept, and the answer that goes over them.
            #expect(report.found.statuses.values.filter { $0 == 200 }.count == 5)
            #expect(report.found.statuses.values.filter { $0 == 503 }.count == 95)
            #expect(report.found.bodies.isEmpty)
        }

        @Test("from a peer that reads nothing, nothing more is read")
        func unreadOutput() async throws {
            let report = try await Self.runLarge { bench in
                let peer = try bench.connect(.frames)
                peer.send(
                    Raw.preface + Self.window(0x7fff_ffff) + Raw.windowUpdate(0, 0x7fff_0000)
                        + Raw.frame(.settings, flags: Raw.acknowledgement))
                var requests: [UInt8] = []
                for index in 0..<50_000 {
                    requests += Raw.headers(UInt32(index * 2 + 1), end: true)
                }
                return peer.push(requests) < requests.count
            }
            #expect(report.found)
            #expect(report.terminations.isEmpty)
        }

        @Test("PINGs of a peer that reads nothing fill no memory")
        func unreadAcknowledgements() async throws {
            let report = try await Self.runLarge { bench in
                let peer = try bench.connect(.frames)
                peer.send(
                    Raw.hello + Self.window(0x7fff_ffff) + Raw.windowUpdate(0, 0x7fff_0000)
                        + Raw.headers(1, end: true) + Raw.headers(3, end: true))
                let ping = Raw.frame(.ping, [UInt8](repeating: 7, count: 8))
                let pings = (0..<200_000).flatMap { _ in ping }
                return peer.push(pings) < pings.count
            }
            #expect(report.found)
        }

        @Test("a peer that takes an answer byte by byte loses the connection (CVE-2019-9511)")
        func dribble() async throws {
            let report = try await Self.runLarge { bench in
                let peer = try bench.connect(.frames)
                peer.send(
                    Raw.preface + Self.window(1) + Raw.frame(.settings, flags: Raw.acknowledgement)
                        + Raw.headers(1, end: true))
                for _ in 0..<5000 where !peer.isClosed { peer.send(Raw.windowUpdate(1, 1)) }
                peer.receiveToEnd()
                return peer.seen
            }
            #expect(report.found.goAway == Code.enhanceYourCalm)
            #expect(report.found.debugText == "too many windowUpdate frames")
            #expect((report.found.bodies[1]?.count ?? 0) < 1500)
        }
    }
}
