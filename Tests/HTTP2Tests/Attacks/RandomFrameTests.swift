import AttackBench
import HTTP2
import Synchronization
import Testing

extension Attacks {
    /// Frames of any shape, by the thousand.
    @Suite("random frames", .timeLimit(.minutes(1)))
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
        func randomFrames(seed: Int) async throws {
            let handler = CountingHandler()
            let report = try await AttackBench.run(handler) { bench in
                var numbers = Numbers(state: UInt64(seed))
                var ends: [Bool] = []
                for _ in 0..<60 {
                    let peer = try bench.attacker()
                    var frames = RandomFrames(numbers: numbers)
                    for _ in 0..<60 where !peer.isClosed {
                        // As a rule in pieces.
                        var rest = frames.next()[...]
                        let size = frames.number(1...64)
                        while !rest.isEmpty {
                            peer.send(Array(rest.prefix(size)))
                            rest = rest.dropFirst(size)
                        }
                    }
                    numbers = frames.numbers
                    // A connection that is still there still serves.
                    peer.send(Raw.request(100_001, [1]))
                    let isServed = peer.receive { $0.goAway != nil || $0.status(100_001) != nil }
                    #expect(isServed || peer.isClosed)
                    ends.append(peer.seen.goAway != nil || peer.isClosed)
                }
                return ends
            }
            #expect(report.found.contains(true), "no connection was ended")
            #expect(report.found.contains(false), "no connection was there to the end")
            #expect(handler.count.withLock { $0 } > 0)
        }

        /// Frames for one connection, from such as any client sends to such as none does.
        private struct RandomFrames {
            var numbers: Numbers
            private let wildness: Int
            private var stream: UInt32 = 1

            init(numbers: Numbers) {
                self.numbers = numbers
                self.wildness = Int.random(in: 1...12, using: &self.numbers)
            }

            mutating func number(_ range: ClosedRange<Int>) -> Int {
                Int.random(in: range, using: &self.numbers)
            }

            mutating func next() -> [UInt8] {
                let payload = (0..<self.number(0...40)).map { _ in
                    UInt8.random(in: 0...255, using: &self.numbers)
                }
                let isEnd = Bool.random(using: &self.numbers)
                switch self.number(0...self.wildness) {
                case 0: return Raw.request(self.nextStream(), payload)
                case 1: return Raw.headers(self.nextStream(), end: isEnd)
                case 2: return Raw.windowUpdate(0, UInt32(self.number(1...1000)))
                case 3: return Raw.reset(self.stream)
                case 4: return Raw.frame(.settings, [0, 4, 0, 0] + [0, UInt8(self.number(0...9))])
                case 5: return Raw.headers(self.nextStream(), Raw.requestFields() + payload)
                case 6: return Raw.data(self.stream, payload, end: isEnd)
                case 7: return Raw.request(UInt32(self.number(0...12)), payload)
                case 8:
                    return Raw.windowUpdate(
                        UInt32(self.number(0...12)), UInt32(self.number(0...0xffff_ffff)))
                default:
                    let kind = Raw.Kind(rawValue: UInt8(self.number(0...9))) ?? .ping
                    return Raw.frame(
                        kind, flags: UInt8(self.number(0...255)),
                        stream: UInt32(self.number(0...12)),
                        kind == .ping ? [UInt8](repeating: 1, count: 8) : payload)
                }
            }

            private mutating func nextStream() -> UInt32 {
                self.stream += 2
                return self.stream
            }
        }
    }
}
