import CBOR
import Foundation
import Testing

@Suite("Round trips of Codable shapes")
struct RoundTripTests {
    private func roundTrip<Value: Codable & Equatable>(
        _ value: Value, _ digits: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let bytes = try CBOREncoder().encode(value)
        if let digits { #expect(hex(bytes) == hex(hex(digits)), sourceLocation: sourceLocation) }
        let back = try CBORDecoder().decode(Value.self, from: bytes)
        #expect(back == value, sourceLocation: sourceLocation)
    }

    @Test("numbers keep their value at both ends of every width")
    func numbers() throws {
        try self.roundTrip(Int8.min, "387f")
        try self.roundTrip(Int16.min, "397fff")
        try self.roundTrip(Int32.min, "3a7fffffff")
        try self.roundTrip(Int64.min, "3b7fffffffffffffff")
        try self.roundTrip(Int64.max, "1b7fffffffffffffff")
        try self.roundTrip(UInt64.max, "1bffffffffffffffff")
        try self.roundTrip(UInt8.max, "18ff")
        try self.roundTrip([UInt.max, 0, 23, 24, 255, 256, 65535, 65536, 4_294_967_296])
        try self.roundTrip([Int.min, -1, -24, -25, -256, -257, -65537, Int.max])
        try self.roundTrip([UInt16(0), 24, .max])
        try self.roundTrip([UInt32(0), 65536, .max])
        try self.roundTrip([Int16(-300), 300])
        try self.roundTrip([Int8(-3), 3])
        try self.roundTrip([Int32(-70000), 70000])
    }

    @Test("floating-point numbers take the shortest form that keeps them")
    func floats() throws {
        try self.roundTrip(1.0, "f93c00")
        try self.roundTrip(-0.0, "f98000")
        try self.roundTrip(Float(1.5), "f93e00")
        try self.roundTrip(Float(0.1), "fa3dcccccd")
        try self.roundTrip(0.1, "fb3fb999999999999a")
        try self.roundTrip(65505.0, "fa477fe100")
        try self.roundTrip(Double.greatestFiniteMagnitude)
        try self.roundTrip(Double.leastNonzeroMagnitude)
        try self.roundTrip(Float.leastNonzeroMagnitude, "fa00000001")
        try self.roundTrip(0x1p-24, "f90001")
        try self.roundTrip(0x1.8p-24, "fa33c00000")
        try self.roundTrip(0x1p-15, "f90200")
        try self.roundTrip(Double.infinity, "f97c00")
        let signalling = Double(bitPattern: 0xfff4_0000_0000_0001)
        #expect(hex(try CBOREncoder().encode(signalling)) == "f97e00")
        #expect(try CBORDecoder().decode(Double.self, from: hex("f97e01")).isNaN)
    }

    @Test("every half-precision number survives")
    func halves() throws {
        for bits in UInt16.min...UInt16.max {
            let bytes: [UInt8] = [0xf9, UInt8(bits >> 8), UInt8(bits & 0xff)]
            let value = try CBORDecoder().decode(Float.self, from: bytes)
            let expected = value.isNaN ? [0xf9, 0x7e, 0x00] : bytes
            #expect(try CBOREncoder().encode(value) == expected)
        }
    }

    @Test("texts of every length class survive")
    func texts() throws {
        try self.roundTrip("", "60")
        try self.roundTrip("ü水𐅑", "69c3bce6b0b4f0908591")
        for count in [1, 15, 16, 23, 24, 255, 256, 65535, 65536, 200_000] {
            try self.roundTrip(String(repeating: "x", count: count))
            try self.roundTrip(String(repeating: "é", count: count))
        }
        let bridged = String(repeating: "crème ", count: 20).uppercased()
        try self.roundTrip(bridged)
    }

    @Test("bytes are byte strings wherever they stand")
    func bytes() throws {
        try self.roundTrip([UInt8](), "40")
        try self.roundTrip([[1, 2], []] as [[UInt8]], "82 42 0102 40")
        try self.roundTrip(["a": [3]] as [String: [UInt8]], "a1 6161 41 03")
        try self.roundTrip([nil, [4]] as [[UInt8]?], "82 f6 41 04")
    }

    @Test("a message with integer keys is a map of integers")
    func integerKeys() throws {
        let order = Order(name: "n", note: nil, lines: [.init(sku: "s", count: 2)])
        try self.roundTrip(order, "a2 01 616e 19012c 81 a2 01 6173 02 02")
        var noted = order
        noted.note = "x"
        try self.roundTrip(noted, "a3 01 616e 02 6178 19012c 81 a2 01 6173 02 02")
    }

    @Test("a message with text keys is sorted, shorter keys first")
    func textKeys() throws {
        try self.roundTrip(
            Profile(),
            """
            a7 626964 07 6474616773 82 6178 627979 6561646d696e f5 65696e6e6572 a2 6161 02
            627a7a 01 6570686f746f 43 010203 65726174696f f93800
            677375726e616d65 684c6f76656c616365
            """)
    }

    @Test("enums with payloads survive")
    func enums() throws {
        try self.roundTrip(Outcome.idle, "a1 6469646c65 a0")
        try self.roundTrip(Outcome.allowed(by: "x"), "a1 67616c6c6f776564 a1 626279 6178")
        try self.roundTrip(Outcome.denied(reason: "r", code: -1))
        try self.roundTrip(Outcome.pair(1, [.idle, .pair(2, []), .denied(reason: "", code: 9)]))
        try self.roundTrip(["a": Colour.red, "b": .green])
    }

    @Test("a class and its superclass survive")
    func classes() throws {
        let bytes = try CBOREncoder().encode(Dog(name: "Rex", tricks: 3))
        #expect(hex(bytes) == hex(hex("a2 657375706572 a1 646e616d65 63526578 66747269636b73 03")))
        let dog = try CBORDecoder().decode(Dog.self, from: bytes)
        #expect(dog.name == "Rex")
        #expect(dog.tricks == 3)
    }

    @Test("dictionaries keep their keys, even those that look like numbers")
    func dictionaries() throws {
        try self.roundTrip(["7": 1, "07": 2, "+7": 3, "x": 4, "": 5])
        try self.roundTrip([7: "a", -7: "b", 0: "c", 1000: "d", Int.min: "e"])
        try self.roundTrip(["7": 1], "a1 6137 01")
        try self.roundTrip([7: 1], "a1 07 01")
        try self.roundTrip(["a": ["1": [1: ["2": true]]]], "a1 6161 a1 6131 a1 01 a1 6132 f5")
        try self.roundTrip([true: 1], "82 f5 01")
        let large = Dictionary(uniqueKeysWithValues: (0..<5000).map { ("key \($0)", $0) })
        try self.roundTrip(large)
        try self.roundTrip(Dictionary(uniqueKeysWithValues: (0..<5000).map { ($0 - 2500, "v") }))
    }

    @Test("optionals, empty shapes and nested arrays survive")
    func oddShapes() throws {
        struct Empty: Codable, Equatable {}
        try self.roundTrip(Empty(), "a0")
        try self.roundTrip([Empty(), Empty()], "82 a0 a0")
        try self.roundTrip(Int?.none, "f6")
        try self.roundTrip([1, nil, 3], "83 01 f6 03")
        try self.roundTrip([[[]], [[1], []]] as [[[Int]]], "82 81 80 82 81 01 80")
        try self.roundTrip([String: Int](), "a0")
        try self.roundTrip(["k": Int?.none], "a1 616b f6")
    }

    @Test("Foundation's types survive through their own Codable")
    func foundationTypes() throws {
        try self.roundTrip(UUID())
        try self.roundTrip(Date(timeIntervalSinceReferenceDate: 123456.75))
        try self.roundTrip(URL(string: "https://example.com/a"))
        try self.roundTrip(Decimal(string: "12.5"))
    }

    @Test("long arrays and maps get long heads")
    func longHeads() throws {
        for count in [23, 24, 255, 256, 65535, 65536] {
            try self.roundTrip(Array(repeating: true, count: count))
            try self.roundTrip(
                Dictionary(uniqueKeysWithValues: (0..<count).map { ("\($0)", false) }))
        }
    }

    @Test("unknown keys are ignored and missing optionals are nil")
    func evolution() throws {
        let bytes = hex("a4 01 616e 03 a1 01 82 01 02 19012c 80 6161 f5")
        let order = try CBORDecoder().decode(Order.self, from: bytes)
        #expect(order == Order(name: "n", note: nil, lines: []))
        let withNull = try CBORDecoder().decode(Order.self, from: hex("a3 01 616e 02 f6 19012c 80"))
        #expect(withNull.note == nil)
    }

    @Test("the same bytes come from many threads at once")
    func threads() async throws {
        let expected = try CBOREncoder().encode(Profile())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<200 {
                        let bytes = try CBOREncoder().encode(Profile())
                        #expect(bytes == expected)
                        let profile = try CBORDecoder().decode(Profile.self, from: bytes)
                        #expect(profile == Profile())
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
