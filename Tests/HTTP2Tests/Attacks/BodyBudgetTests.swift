import AttackBench
import TestKit
import Testing

@testable import HTTP2

extension Attacks {
    /// Many connections, each within its limits, that hold too much together.
    @Suite("bodies of many connections", .timeLimit(.minutes(1)))
    struct BodyBudgetTests {
        private static let frame = [UInt8](repeating: 1, count: 16_384)
        private static let body = (0..<16).flatMap { _ in Self.frame }
        private static let streams: [UInt32] = [1, 3, 5, 7]

        /// Four mebibytes for all; each connection may hold as much alone.
        private static let limits: HTTP2Limits = {
            var limits = HTTP2Limits.publicEdge
            limits.allHeldBodyBytesMax = 4 << 20
            return limits
        }()

        /// Begins a body that fills its stream's window, and does not end it.
        private static func begin(_ stream: UInt32, _ peer: RawPeer) {
            peer.send(Raw.headers(stream))
            for _ in 0..<16 { peer.send(Raw.data(stream, Self.frame)) }
        }

        /// Asks for an echo, and gives the status of the answer.
        private static func ask(
            _ bench: AttackBench<HTTP2Target>, _ bytes: [UInt8]
        ) throws -> Int? {
            let peer = try bench.attacker()
            peer.send(Raw.headers(1))
            let frames = stride(from: 0, to: bytes.count, by: 16_384)
            for start in frames {
                let end = min(start + 16_384, bytes.count)
                peer.send(Raw.data(1, Array(bytes[start..<end]), end: end == bytes.count))
            }
            peer.receive { $0.status(1) != nil }
            return peer.seen.statuses[1]
        }

        /// Waits until nobody holds anything.
        private static func nothingIsHeld(_ bench: AttackBench<HTTP2Target>) async {
            while bench.target.listener.bodies.drawnBytes > 0 { await Task.yield() }
        }

        @Test("beyond what all may hold bodies are refused, and given back however they end")
        func unfinishedBodies() async throws {
            // Each of the twenty would hold a mebibyte; storage grows in powers of two.
            let bounds = AttackBounds(heldBytesMax: 12 << 20)
            let report = try await AttackBench.run(limits: Self.limits, within: bounds) { bench in
                let bodies = bench.target.listener.bodies
                var peers: [RawPeer] = []
                for _ in 0..<20 {
                    let peer = try bench.attacker()
                    for stream in Self.streams { Self.begin(stream, peer) }
                    #expect(peer.settle())
                    peers.append(peer)
                }
                #expect(bodies.drawnBytes > 4 << 20 - 1 << 18)
                #expect(bodies.drawnBytes <= 4 << 20)
                let refused = peers.map { peer in
                    peer.seen.statuses.values.filter { $0 == 503 }.count
                }
                // One frame is everybody's own; who wants more waits for somebody to leave.
                #expect(try Self.ask(bench, Self.frame) == 200)
                #expect(try Self.ask(bench, Self.body) == 503)

                // One ends its bodies, one resets them, one is ended, and the others leave.
                for stream in Self.streams { peers[0].send(Raw.data(stream, [2], end: true)) }
                peers[0].receive { seen in
                    Self.streams.allSatisfy { seen.status($0) == "200" }
                }
                for stream in Self.streams { peers[1].send(Raw.reset(stream)) }
                #expect(peers[1].settle())
                #expect(try Self.ask(bench, Self.body) == 200)
                peers[2].send(Raw.frame(.ping, []))
                peers[2].receiveToEnd()
                #expect(peers[0].seen.goAway == nil && peers[1].seen.goAway == nil)
                peers.removeLast(17)
                await Self.nothingIsHeld(bench)

                // As good as new: the same fits again.
                for stream in Self.streams { Self.begin(stream, peers[1]) }
                return refused
            }
            // Four hold all of theirs; what the others have beyond a frame is refused.
            #expect(report.found == [0, 0, 0, 0] + Array(repeating: 4, count: 16))
        }

        @Test("bodies that handlers hold count until the handlers have ended, connected or not")
        func heldByHandlers() async throws {
            let handler = StubbornHandler()
            let report = try await AttackBench.run(handler, limits: Self.limits) { bench in
                let bodies = bench.target.listener.bodies
                var peers: [RawPeer] = []
                for _ in 0..<2 {
                    let peer = try bench.attacker()
                    Self.begin(1, peer)
                    peer.send(Raw.data(1, [], end: true))
                    #expect(peer.settle())
                    peers.append(peer)
                }
                #expect(bodies.drawnBytes == 2 * (Self.body.count - 16_384))
                peers.removeAll()
                while bench.target.listener.connectionCount > 1 { await Task.yield() }
                #expect(bodies.drawnBytes == 2 * (Self.body.count - 16_384))
                handler.gate.open()
                await Self.nothingIsHeld(bench)
                return 0
            }
            #expect(report.terminations.isEmpty)
        }

        @Test("a body that is taken as it arrives is reset beyond what all may hold")
        func streamedBodies() async throws {
            let handler = PiecewiseHandler()
            let report = try await AttackBench.run(
                within: AttackBounds(heldBytesMax: 8 << 20)
            ) { bench in
                var limits = Self.limits
                limits.allHeldBodyBytesMax = 1 << 20
                return try await bench.withListener(limits: limits, handler) { listener, _ in
                    var peers: [RawPeer] = []
                    // The handler begins, and takes nothing of it.
                    for _ in 0..<20 {
                        let peer = try bench.connect(.frames, to: listener.address)
                        peer.send(Raw.hello)
                        for stream in Self.streams {
                            peer.send(
                                Raw.headers(stream, Raw.requestFields(path: "/wait")))
                            for _ in 0..<4 { peer.send(Raw.data(stream, Self.frame)) }
                        }
                        #expect(peer.settle())
                        peers.append(peer)
                    }
                    #expect(listener.bodies.drawnBytes <= 1 << 20)
                    let resets = peers.map(\.seen.resets)
                    // Who was not reset is served when the handler goes on.
                    handler.mayGoOn.open()
                    #expect(peers[0].receive { $0.status(1) == "200" })
                    peers[0].send(Raw.data(1, [], end: true))
                    peers.removeAll()
                    while listener.bodies.drawnBytes > 0 { await Task.yield() }
                    return resets
                }
            }
            let resets = report.found
            // 240 KiB of each are counted.
            #expect(resets.prefix(4).allSatisfy { $0.isEmpty })
            #expect(resets.dropFirst(5).allSatisfy { $0.count == 4 })
            #expect(resets.allSatisfy { $0.allSatisfy { $0 == Code.enhanceYourCalm } })
            while handler.failures.entries.count < resets.joined().count { await Task.yield() }
        }
    }
}
