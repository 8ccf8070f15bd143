import AttackBench
import HTTP2
import Synchronization
import Testing

/// Frames of any shape, by the thousand.
@Suite("random frames")
struct RandomFrameTests {
    /// A generator whose numbers are the same in every run (SplitMix64).
    struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9e37_79b9_7f4a_7c15
            var number = self.state
            number = (number ^ number >> 30) &* 0xbf58_476d_1ce4_e5b9
            number = (number ^ number >> 27) &* 0x94d0_49bb_1331_11eb
            return number ^ number >> 31
        }
    }

    @Test("whatever comes is answered or ends the connection", arguments: 0..<8)
    func randomFrames(seed: Int) throws {
        var numbers = Numbers(state: UInt64(seed))
        for _ in 0..<60 {
            let handler = CountingHandler()
            let server = try EmbeddedServer(handler)
            for _ in 0..<60 where !server.isClosed {
                try server.send(
                    Self.frame(&numbers), inPiecesOf: Int.random(in: 1...64, using: &numbers))
                if Int.random(in: 0..<20, using: &numbers) == 0 { try server.advance(seconds: 1) }
            }
            // A connection that is still there still serves.
            guard !server.isClosed, server.goAway == nil else { continue }
            let before = handler.count.withLock { $0 }
            try server.send(Raw.request(100_001, [1]))
            #expect(server.isClosed || server.goAway != nil || server.status(100_001) != nil)
            #expect(handler.count.withLock { $0 } <= before + 1)
        }
    }

    private static func frame(_ numbers: inout Numbers) -> [UInt8] {
        let stream = UInt32.random(in: 0...12, using: &numbers)
        let payload = (0..<Int.random(in: 0...40, using: &numbers)).map { _ in
            UInt8.random(in: 0...255, using: &numbers)
        }
        switch Int.random(in: 0..<10, using: &numbers) {
        case 0: return Raw.request(stream | 1, payload)
        case 1: return Raw.headers(stream | 1)
        case 2: return Raw.headers(stream | 1, end: true, Raw.requestFields() + payload)
        case 3: return Raw.data(stream, payload, end: Bool.random(using: &numbers))
        case 4: return Raw.reset(stream | 1)
        case 5: return Raw.windowUpdate(stream, UInt32.random(in: 0...UInt32.max, using: &numbers))
        default:
            let kind = Raw.Kind(rawValue: UInt8.random(in: 0...9, using: &numbers)) ?? .ping
            return Raw.frame(
                kind, flags: UInt8.random(in: 0...255, using: &numbers), stream: stream,
                kind == .ping ? [UInt8](repeating: 1, count: 8) : payload)
        }
    }
}
