import Testing

@testable import CBOR

/// Both ways a coder may treat containers: kept and re-pointed, or made anew each time.
@Suite("Coding containers", .serialized)
struct ContainerTests {
    private func encode(_ value: some Encodable, keeping: Bool) throws -> [UInt8] {
        try CBOREncoder(means: keeping ? .all : .freshContainers).encode(value)
    }

    private func decode<Value: Decodable>(
        _ type: Value.Type, _ bytes: [UInt8], keeping: Bool
    ) throws -> Value {
        try CBORDecoder(means: keeping ? .all : .freshContainers).decode(type, from: bytes)
    }

    @Test("containers are one reference, so they are kept")
    func layout() {
        #expect(ContainerLayout.isOneReference)
    }

    @Test("kept and fresh containers give the same", arguments: [true, false])
    func sameEitherWay(keeping: Bool) throws {
        let profile = try self.encode([Profile(), Profile()], keeping: keeping)
        #expect(profile == (try CBOREncoder().encode([Profile(), Profile()])))
        #expect(
            try self.decode([Profile].self, profile, keeping: keeping) == [Profile(), Profile()])
        let outcome = Outcome.pair(1, [.idle, .pair(2, [.allowed(by: "x")])])
        let bytes = try self.encode(outcome, keeping: keeping)
        #expect(try self.decode(Outcome.self, bytes, keeping: keeping) == outcome)
        let dog = try self.encode(Dog(name: "Rex", tricks: 3), keeping: keeping)
        #expect(try self.decode(Dog.self, dog, keeping: keeping).tricks == 3)
    }

    enum Key: String, CodingKey { case a, b, c }

    /// Encodes by a function, to reach containers in ways no compiler does.
    struct By: Encodable {
        var body: (any Encoder) throws -> Void
        func encode(to encoder: any Encoder) throws { try self.body(encoder) }
    }

    /// What is made of a decoder by hand.
    final class Reading: Decodable {
        nonisolated(unsafe) static var body: (any Decoder) throws -> String = { _ in "" }
        let result: String
        init(from decoder: any Decoder) throws { self.result = try Self.body(decoder) }
    }

    private func read(
        _ digits: String, keeping: Bool, _ body: @escaping (any Decoder) throws -> String
    ) throws -> String {
        Reading.body = body
        return try self.decode(Reading.self, hex(digits), keeping: keeping).result
    }

    @Test("every kind of nested container is written", arguments: [true, false])
    func nestedEncoding(keeping: Bool) throws {
        let value = By { encoder in
            var map = encoder.container(keyedBy: Key.self)
            var inner = map.nestedContainer(keyedBy: Key.self, forKey: .b)
            try inner.encode(1, forKey: .c)
            var array = map.nestedUnkeyedContainer(forKey: .a)
            try array.encode(2)
            var deep = array.nestedContainer(keyedBy: Key.self)
            try deep.encode("x", forKey: .a)
            var deeper = array.nestedUnkeyedContainer()
            try deeper.encodeNil()
            try 7.encode(to: array.superEncoder())
            #expect(array.count == 4)
            try map.superEncoder(forKey: .c).singleValueContainer().encodeAgain(9)
        }
        let bytes = try self.encode(value, keeping: keeping)
        #expect(
            hex(bytes) == hex(hex("a3 6161 84 02 a1 6161 6178 81 f6 07 6162 a1 6163 01 6163 09")))
    }

    @Test("every kind of nested container is read, in any order", arguments: [true, false])
    func nestedDecoding(keeping: Bool) throws {
        let digits = "a3 6161 84 02 a1 6161 6178 81 f6 07 6162 a1 6163 01 6163 09"
        let result = try self.read(digits, keeping: keeping) { decoder in
            let map = try decoder.container(keyedBy: Key.self)
            var array = try map.nestedUnkeyedContainer(forKey: .a)
            let inner = try map.nestedContainer(keyedBy: Key.self, forKey: .b)
            let c = try Int(from: map.superDecoder(forKey: .c))
            let first = try array.decode(Int.self)
            let deep = try array.nestedContainer(keyedBy: Key.self)
            var deeper = try array.nestedUnkeyedContainer()
            let last = try Int(from: array.superDecoder())
            let isNil = try deeper.decodeNil()
            let atEnd = array.isAtEnd && deeper.isAtEnd
            return try """
            \(map.allKeys.map(\.stringValue)) \(c) \(first) \(deep.decode(String.self, forKey: .a)) \
            \(isNil) \(last) \(inner.decode(Int.self, forKey: .c)) \(atEnd) \(map.contains(.a))
            """
        }
        #expect(result == #"["a", "b", "c"] 9 2 x true 7 1 true true"#)
    }

    @Test("an encoder asked twice for its map gives the same map", arguments: [true, false])
    func flattened(keeping: Bool) throws {
        let value = By { encoder in
            var first = encoder.container(keyedBy: Key.self)
            try first.encode(1, forKey: .c)
            var second = encoder.container(keyedBy: Order.CodingKeys.self)
            try second.encode("n", forKey: .name)
            try first.encode(2, forKey: .a)
        }
        let bytes = try self.encode(value, keeping: keeping)
        #expect(hex(bytes) == hex(hex("a3 01 616e 6161 02 6163 01")))
    }

    @Test("nested encoders that are never used stand for empty maps", arguments: [true, false])
    func unusedEncoders(keeping: Bool) throws {
        let value = By { encoder in
            var map = encoder.container(keyedBy: Key.self)
            _ = map.superEncoder(forKey: .a)
            _ = map.nestedContainer(keyedBy: Key.self, forKey: .b)
            _ = map.nestedUnkeyedContainer(forKey: .c)
        }
        #expect(try hex(self.encode(value, keeping: keeping)) == "a36161a06162a0616380")
    }

    @Test("misuse is an error and leaves the encoder sound", arguments: [true, false])
    func misuse(keeping: Bool) throws {
        let late = By { encoder in
            var map = encoder.container(keyedBy: Key.self)
            var inner = map.nestedContainer(keyedBy: Key.self, forKey: .a)
            try inner.encode(1, forKey: .a)
            try map.encode(2, forKey: .b)
            try inner.encode(3, forKey: .b)
        }
        let recycled = By { encoder in
            var map = encoder.container(keyedBy: Key.self)
            var inner = map.nestedContainer(keyedBy: Key.self, forKey: .a)
            var other = map.nestedContainer(keyedBy: Key.self, forKey: .b)
            try inner.encode(1, forKey: .a)
            try other.encode(2, forKey: .b)
        }
        let twice = By { encoder in
            try 1.encode(to: encoder)
            try 2.encode(to: encoder)
        }
        let mixed = By { encoder in
            var map = encoder.container(keyedBy: Key.self)
            try map.encode(1, forKey: .a)
            var array = encoder.unkeyedContainer()
            try array.encode(1)
        }
        let repeated = By { encoder in
            var map = encoder.container(keyedBy: Key.self)
            try map.encode(1, forKey: .a)
            try map.encode(2, forKey: .a)
        }
        let swallowed = By { encoder in
            var array = encoder.unkeyedContainer()
            try? array.encode(repeated)
            try array.encode(1)
        }
        let cases: [(By, CBORError.Code)] = [
            (late, .containerClosed), (recycled, .containerClosed), (twice, .invalidValue),
            (mixed, .invalidValue),
            (repeated, .duplicateKey), (swallowed, .duplicateKey),
        ]
        for (value, code) in cases {
            let error = #expect(throws: CBORError.self) {
                try self.encode(value, keeping: keeping)
            }
            #expect(error?.code == code)
            #expect(try self.encode([1], keeping: keeping) == [0x81, 1])
        }
    }

    @Test("containers that outlive their call are refused and spoil nothing")
    func escaped() throws {
        var kept: KeyedEncodingContainer<Key>?
        var keptEncoder: (any Encoder)?
        var keptArray: (any UnkeyedEncodingContainer)?
        let value = By { encoder in
            var map = encoder.container(keyedBy: Key.self)
            try map.encode(1, forKey: .a)
            keptArray = map.nestedUnkeyedContainer(forKey: .b)
            keptEncoder = map.superEncoder(forKey: .c)
            kept = map
        }
        let expected = "a3616101616280 6163a0"
        #expect(try hex(CBOREncoder().encode(value)) == hex(hex(expected)))
        #expect(throws: CBORError.self) { try kept?.encode(2, forKey: .b) }
        #expect(throws: CBORError.self) { try keptArray?.encode(2) }
        try? keptEncoder?.unkeyedContainer().encodeAgain(1)
        #expect(try hex(CBOREncoder().encode(value)) == hex(hex(expected)))

        var keptMap: KeyedDecodingContainer<Key>?
        var keptElements: (any UnkeyedDecodingContainer)?
        _ = try self.read("a2 6161 01 6162 81 05", keeping: true) { decoder in
            keptMap = try decoder.container(keyedBy: Key.self)
            keptElements = try keptMap?.nestedUnkeyedContainer(forKey: .b)
            return ""
        }
        #expect(throws: CBORError.self) { try keptMap?.decode(Int.self, forKey: .a) }
        #expect(throws: CBORError.self) { try keptElements?.decode(Int.self) }
        let again = try self.read("a1 6161 02", keeping: true) { decoder in
            "\(try decoder.container(keyedBy: Key.self).decode(Int.self, forKey: .a))"
        }
        #expect(again == "2")
        #expect(throws: CBORError.self) { try keptMap?.decode(Int.self, forKey: .a) }
    }

    @Test("a container that is kept by its value is not given to the next value")
    func keptByValue() throws {
        struct Keeping: Decodable {
            var map: KeyedDecodingContainer<Key>
            init(from decoder: any Decoder) throws {
                self.map = try decoder.container(keyedBy: Key.self)
            }
        }
        let result = try self.read("82 a1 6161 01 a1 6161 02", keeping: true) { decoder in
            var array = try decoder.unkeyedContainer()
            let first = try array.decode(Keeping.self)
            let second = try array.decode([String: Int].self)
            do {
                return "\(try first.map.decode(Int.self, forKey: .a)) \(second)"
            } catch let error as CBORError {
                return error.code.rawValue
            }
        }
        #expect(result == "container_closed")
        let two = try self.read("82 a1 6161 01 a1 6161 02", keeping: true) { decoder in
            var array = try decoder.unkeyedContainer()
            let first = try array.decode(Keeping.self)
            let second = try array.decode(Keeping.self)
            let codes = [first, second].map { keeping in
                (try? keeping.map.decode(Int.self, forKey: .a)).map(String.init) ?? "closed"
            }
            return codes.joined(separator: " ")
        }
        #expect(two == "closed closed")
    }

    @Test("thousands of nested containers in one value are read", arguments: [true, false])
    func manyNested(keeping: Bool) throws {
        let entries = (0..<5000).map { ["a": $0] }
        let bytes = try CBOREncoder().encode(entries)
        let result = try self.read(hex(bytes), keeping: keeping) { decoder in
            var array = try decoder.unkeyedContainer()
            var sum = 0
            var held: [KeyedDecodingContainer<Key>] = []
            while !array.isAtEnd {
                let map = try array.nestedContainer(keyedBy: Key.self)
                if array.currentIndex % 100 == 0 { held.append(map) }
                sum += try map.decode(Int.self, forKey: .a)
            }
            for map in held { sum += try map.decode(Int.self, forKey: .a) }
            return "\(sum)"
        }
        // All of 0 to 4999 once, and 99, 199, … 4999 once more.
        #expect(result == "\(12_497_500 + 127_450)")
    }

    @Test("a value may call the coders while it is coded")
    func reentrant() throws {
        struct Wrapped: Codable, Equatable {
            var profile = Profile()
            init() {}
            init(from decoder: any Decoder) throws {
                let bytes = try decoder.singleValueContainer().decode([UInt8].self)
                self.profile = try CBORDecoder().decode(Profile.self, from: bytes)
            }
            func encode(to encoder: any Encoder) throws {
                var container = encoder.singleValueContainer()
                try container.encode(try CBOREncoder().encode(self.profile))
            }
        }
        let values = ["x": [Wrapped(), Wrapped()]]
        let bytes = try CBOREncoder().encode(values)
        #expect(try CBORDecoder().decode([String: [Wrapped]].self, from: bytes) == values)
    }

    @Test("keys are found in whatever order they are asked for", arguments: [true, false])
    func anyOrder(keeping: Bool) throws {
        let digits = "a4 6161 a1 01 02 6162 8203 04 6163 05 6178 06"
        let result = try self.read(digits, keeping: keeping) { decoder in
            let map = try decoder.container(keyedBy: Key.self)
            let c = try map.decode(Int.self, forKey: .c)
            let b = try map.decode([Int].self, forKey: .b)
            let a = try map.decode([Int: Int].self, forKey: .a)
            let again = try map.decodeIfPresent(Int.self, forKey: .c)
            let isNil = try map.decodeNil(forKey: .c)
            return "\(a) \(b) \(c) \(again ?? 0) \(isNil) \(map.allKeys.count)"
        }
        #expect(result == "[1: 2] [3, 4] 5 5 false 3")
    }
}

extension SingleValueEncodingContainer {
    /// `encode` on a container that is not held in a variable.
    func encodeAgain(_ value: some Encodable) throws {
        var container = self
        try container.encode(value)
    }
}

extension UnkeyedEncodingContainer {
    /// `encode` on a container that is not held in a variable.
    func encodeAgain(_ value: some Encodable) throws {
        var container = self
        try container.encode(value)
    }
}
