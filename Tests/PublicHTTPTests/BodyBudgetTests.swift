import AttackBench
import HTTP2
import Testing

@testable import PublicHTTP

/// Bodies of many connections, in both protocols, that are too much together.
@Suite("Bodies that connections hold", .serialized, .timeLimit(.minutes(1)))
struct BodyBudgetTests {
    private static let first = [UInt8](repeating: 1, count: 150_000)
    private static let rest = [UInt8](repeating: 2, count: 50_000)
    /// What of the first part is counted with the others': all but 16 KiB, in steps of that.
    private static let counted = 9 * 16_384

    private static func head(_ count: Int) -> String {
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: \(count)\r\n\r\n"
    }

    /// Asks by HTTP/1.1 for an echo of zeros, and gives the head of the answer.
    private static func ask(_ bench: AttackBench<ListeningShop>, _ count: Int) throws -> String {
        let peer = try bench.connect(.text)
        peer.send(Self.head(count))
        peer.send([UInt8](repeating: 0, count: count))
        peer.receiveText { $0.contains("\r\n\r\n") }
        return peer.text
    }

    @Test(
        "beyond what all may hold they are refused, in either protocol, and given back at the end")
    func budget() async throws {
        var limits = PublicLimits()
        limits.heldBodyBytesMax = 1 << 20
        let bounds = AttackBounds(heldBytesMax: 6 << 20)
        let answers = try await AttackBench.run(limits: limits, within: bounds) { bench in
            let bodies = bench.target.listener.bodies
            var peers: [RawPeer] = []
            for index in 1...7 {
                let peer = try bench.connect(.text)
                peer.send(Self.head(200_000))
                peer.send(Self.first)
                while bodies.drawnBytes < index * Self.counted { await Task.yield() }
                peers.append(peer)
            }
            var answers = try [16_384, 60_000].map { try Self.ask(bench, $0) }
            let other = try bench.attacker()
            other.send(Raw.headers(1))
            for _ in 0..<4 where !other.isClosed {
                other.send(Raw.data(1, [UInt8](repeating: 0, count: 16_384)))
            }
            other.receive { $0.status(1) != nil }
            #expect(other.seen.statuses == [1: 503])

            // One leaves, so that there is room for the rest of another's; then all leave.
            peers.removeLast()
            while bodies.drawnBytes > 6 * Self.counted { await Task.yield() }
            peers[0].send(Self.rest)
            peers[0].receiveText { $0.contains("\r\n\r\n") }
            answers.append(peers[0].text)
            answers.append(try Self.ask(bench, 60_000))
            peers.removeAll()
            while bodies.drawnBytes > 0 { await Task.yield() }
            return answers
        }
        let statuses = answers.map { $0.prefix(12).suffix(3) }
        #expect(statuses == ["200", "503", "200", "200"])
        #expect(answers[1].contains("retry-after: 1\r\n"))
        #expect(answers[1].contains("\"overloaded\""))
    }

    @Test("a body that is refused half-way, or whose connection is lost meanwhile, is given back")
    func givenBack() async throws {
        var limits = PublicLimits()
        limits.bodyGraceSeconds = 1
        limits.bodyBytesPerSecondMin = 1 << 20
        _ = try await AttackBench.run(limits: limits) { bench in
            let bodies = bench.target.listener.bodies
            // Too slow, too large by its chunks, no chunk at all.
            let chunk = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            let piece = "ffff\r\n" + String(repeating: "a", count: 0xffff) + "\r\n"
            let texts = [
                Self.head(60_000) + String(repeating: "a", count: 50_000),
                chunk + String(repeating: piece, count: 17), chunk + piece + "nonsense\r\n",
            ]
            let answers = try bench.exchange(texts)
            #expect(answers.map { $0.prefix(12).suffix(3) } == ["408", "413", "400"])
            while bodies.drawnBytes > 0 { await Task.yield() }
            // The handler still runs when its client goes.
            let peer = try bench.connect(.text)
            peer.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n")
            peer.send([UInt8](repeating: 0, count: 60_000))
            while bench.target.largeAnswers.count == 0 { await Task.yield() }
            #expect(bodies.drawnBytes > 0)
            peer.shutdownOutput()
            peer.receiveToEnd()
            while bodies.drawnBytes > 0 { await Task.yield() }
            return 0
        }
    }
}
