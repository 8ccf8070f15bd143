import CBOR
import Testing

@Suite("Errors of decoding and encoding")
struct ErrorTests {
    private func failure<Value: Decodable>(_ type: Value.Type, _ digits: String) -> CBORError? {
        #expect(throws: CBORError.self) { try CBORDecoder().decode(type, from: hex(digits)) }
    }

    @Test("a wrong type tells the place by the names of the keys")
    func mismatch() {
        let error = self.failure(
            Order.self, "a2 01 616e 19012c 82 a2 01 6173 02 02 a2 01 6173 02 f5")
        #expect(error?.code == .typeMismatch)
        #expect(error?.path == "lines[1].count")
        #expect(error?.offset == 19)
        #expect(
            error?.description
                == "type_mismatch at lines[1].count, byte 19: expected an integer, found a Boolean")
    }

    @Test("a missing key is named, with its number")
    func missing() {
        let error = self.failure(Order.self, "a1 19012c 81 a1 02 02")
        #expect(error?.code == .keyNotFound)
        #expect(error?.path.isEmpty == true)
        #expect(error?.message == "the map has no entry for \"name\" (1)")
        let inner = self.failure(Order.self, "a2 01 616e 19012c 81 a1 02 02")
        #expect(inner?.path == "lines[0]")
    }

    @Test("integers that do not fit are refused, not wrapped")
    func ranges() {
        #expect(self.failure(Int8.self, "1880")?.code == .numberOutOfRange)
        #expect(self.failure(UInt8.self, "20")?.code == .numberOutOfRange)
        #expect(self.failure(Int64.self, "1b8000000000000000")?.code == .numberOutOfRange)
        #expect(self.failure(Int64.self, "3b8000000000000000")?.code == .numberOutOfRange)
        #expect(self.failure(UInt64.self, "20")?.code == .numberOutOfRange)
        #expect(self.failure(Double.self, "1b0020000000000001")?.code == .numberOutOfRange)
        #expect(self.failure(Float.self, "fb47efffffffffffff")?.code == .numberOutOfRange)
        #expect(self.failure(Float.self, "1a01000001")?.code == .numberOutOfRange)
        let error = self.failure([String: Int16].self, "a1 6161 1a00010000")
        #expect(error?.path == "a")
        #expect(error?.message == "65536 does not fit Int16")
    }

    @Test("integers are taken for floating-point numbers and nothing else is converted")
    func conversions() throws {
        #expect(try CBORDecoder().decode(Double.self, from: hex("18ff")) == 255)
        #expect(try CBORDecoder().decode(Double.self, from: hex("3903e7")) == -1000)
        #expect(try CBORDecoder().decode(Float.self, from: hex("20")) == -1)
        #expect(try CBORDecoder().decode(Float.self, from: hex("fb3fb999999999999a")) == 0.1)
        #expect(try CBORDecoder().decode(Int.self, from: hex("1b0000000000000001")) == 1)
        #expect(self.failure(Int.self, "f93c00")?.code == .typeMismatch)
        #expect(self.failure(String.self, "41 61")?.code == .typeMismatch)
        #expect(self.failure([UInt8].self, "82 01 02")?.code == .typeMismatch)
        #expect(self.failure(Bool.self, "01")?.code == .typeMismatch)
        #expect(self.failure(Int.self, "f6")?.message == "expected an integer, found null")
        #expect(self.failure([Int].self, "a0")?.code == .typeMismatch)
        #expect(self.failure(Order.self, "80")?.code == .typeMismatch)
    }

    @Test("a value that its type refuses is told with its place")
    func refused() {
        let error = self.failure([Colour].self, "82 63726564 64626c7565")
        #expect(error?.code == .invalidValue)
        #expect(error?.path == "[1]")
        #expect(error?.offset == 5)
        #expect(self.failure(Outcome.self, "a0")?.code == .typeMismatch)
    }

    @Test("an array that is too short is told")
    func tooShort() {
        struct Pair: Decodable {
            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                _ = try container.decode(Int.self)
                _ = try container.decode(Int.self)
            }
        }
        #expect(self.failure(Pair.self, "81 01")?.code == .valueNotFound)
    }

    @Test("an error of the type's own passes unchanged")
    func foreign() {
        struct Refusal: Error, Equatable {}
        struct Refusing: Codable {
            init() {}
            init(from decoder: any Decoder) throws { throw Refusal() }
            func encode(to encoder: any Encoder) throws { throw Refusal() }
        }
        #expect(throws: Refusal()) { try CBORDecoder().decode([Refusing].self, from: [0x81, 0]) }
        #expect(throws: Refusal()) { try CBOREncoder().encode([Refusing()]) }
    }

    @Test("a value nested too deeply is refused with its place")
    func deepValue() throws {
        var value = Outcome.idle
        for _ in 0..<14 { value = .pair(0, [value]) }
        let bytes = try CBOREncoder().encode(value)
        #expect(try CBORDecoder().decode(Outcome.self, from: bytes) == value)
        for _ in 0..<20 { value = .pair(0, [value]) }
        let deep = value
        let error = #expect(throws: CBORError.self) { try CBOREncoder().encode(deep) }
        #expect(error?.code == .depthExceeded)
        #expect(error?.path.hasPrefix("pair._1[0].pair._1[0]") == true)

        var item = CBORValue.null
        for _ in 0..<65 { item = [item] }
        let deepItem = item
        #expect(throws: CBORError.self) { try CBOREncoder().encode(deepItem) }
    }

    @Test("a coding path names the way to a value")
    func codingPath() throws {
        struct Leaf: Codable {
            init() {}
            init(from decoder: any Decoder) throws {
                let path = decoder.codingPath.map(\.stringValue)
                #expect(path == ["lines", "0"])
                #expect(decoder.codingPath.first is Key)
                _ = try decoder.singleValueContainer().decode(Int.self)
            }
            func encode(to encoder: any Encoder) throws {
                #expect(encoder.codingPath.map(\.stringValue) == ["lines", "0"])
                #expect(encoder.codingPath.first is Key)
                var container = encoder.singleValueContainer()
                try container.encode(1)
            }
        }
        enum Key: Int, CodingKey { case name = 1, lines = 300 }
        struct Root: Codable {
            var name = ""
            var lines = [Leaf()]
            typealias CodingKeys = Key
        }
        let bytes = try CBOREncoder().encode(Root())
        _ = try CBORDecoder().decode(Root.self, from: bytes)
    }
}
