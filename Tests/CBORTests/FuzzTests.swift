import CBOR
import Testing

/// A small generator (SplitMix64), so that a failure can be repeated from its seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = self.state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}

@Suite("Random input")
struct FuzzTests {
    /// Decodes as several types; each either succeeds or throws `CBORError`.
    private func decodeAll(_ bytes: [UInt8]) {
        func attempt<Value: Decodable>(_ type: Value.Type) {
            for isLenient in [false, true] {
                let limits = CBORLimits(allowsIndefiniteLengths: isLenient)
                do {
                    _ = try CBORDecoder(limits: limits).decode(type, from: bytes)
                } catch {
                    #expect(error is CBORError, "\(type) from \(hex(bytes)): \(error)")
                }
            }
        }
        attempt(CBORValue.self)
        attempt(Order.self)
        attempt(Profile.self)
        attempt(Outcome.self)
        attempt(Envelope.self)
        attempt([String: [Point]].self)
        attempt([Int: CBORValue].self)
        attempt([Double?].self)
    }

    /// Random bytes that look like CBOR more often than not.
    private func randomItem(_ generator: inout SeededGenerator, level: Int = 0) -> [UInt8] {
        let major = UInt8.random(in: 0...7, using: &generator) << 5
        let count = UInt8.random(in: 0...5, using: &generator)
        switch major >> 5 {
        case 2:
            return [major | count]
                + (0..<count).map { _ in .random(in: 0...255, using: &generator) }
        case 3:
            return [major | count]
                + (0..<count).map { _ in .random(in: 32...126, using: &generator) }
        case 4 where level < 6:
            return (0..<count).reduce([major | count]) { bytes, _ in
                bytes + self.randomItem(&generator, level: level + 1)
            }
        case 5 where level < 6:
            return (0..<count * 2).reduce([major | count]) { bytes, _ in
                bytes + self.randomItem(&generator, level: level + 1)
            }
        case 6: return [major | count] + self.randomItem(&generator, level: level + 1)
        case 7:
            return [[0xf4], [0xf6], [0xf9, 0x3c, count], [0xf7]].randomElement(using: &generator)
                ?? []
        default:
            return [major & 0x20 | 24, UInt8.random(in: 0...255, using: &generator)]
        }
    }

    @Test("noise never does more than throw", arguments: 1...4 as ClosedRange<UInt64>)
    func noise(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        for _ in 0..<1500 {
            let count = Int.random(in: 0...40, using: &generator)
            self.decodeAll((0..<count).map { _ in .random(in: 0...255, using: &generator) })
        }
    }

    @Test("damaged messages never do more than throw", arguments: 1...4 as ClosedRange<UInt64>)
    func damage(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        let order = Order(name: "n", note: "x", lines: [.init(sku: "s", count: 2)])
        let whole = [
            try CBOREncoder().encode(order), try CBOREncoder().encode(Profile()),
            try CBOREncoder().encode(Outcome.pair(1, [.idle, .denied(reason: "r", code: 3)])),
            try CBOREncoder().encode(Envelope(body: Profile(), points: [Point(a: 1, label: "l")])),
        ]
        for _ in 0..<1000 {
            var bytes = whole.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...2, using: &generator) {
                case 0: bytes[place] = .random(in: 0...255, using: &generator)
                case 1: bytes.removeSubrange(place...)
                default: bytes.insert(.random(in: 0...255, using: &generator), at: place)
                }
            }
            self.decodeAll(bytes)
        }
    }

    @Test("items that decode are encoded the same again", arguments: 1...4 as ClosedRange<UInt64>)
    func fixedPoint(seed: UInt64) throws {
        var generator = SeededGenerator(state: seed)
        var decoded = 0
        for _ in 0..<2000 {
            let bytes = self.randomItem(&generator)
            guard let value = try? CBORDecoder().decode(CBORValue.self, from: bytes) else {
                continue
            }
            decoded += 1
            let encoded = try CBOREncoder().encode(value)
            #expect(try CBORDecoder().decode(CBORValue.self, from: encoded) == value)
            #expect(encoded.count <= bytes.count)
        }
        #expect(decoded > 1000)
    }

    @Test("a sequence reader never does more than throw", arguments: 1...4 as ClosedRange<UInt64>)
    func sequences(seed: UInt64) {
        var generator = SeededGenerator(state: seed)
        for _ in 0..<500 {
            var reader = CBORSequenceReader(messageBytesMax: 64, mapBytesMax: 64)
            do {
                for _ in 0..<20 {
                    reader.append(self.randomItem(&generator))
                    while try reader.next() != nil {}
                    #expect(reader.pendingBytes < 2000)
                }
            } catch {
                #expect(error is CBORError)
            }
        }
    }
}
