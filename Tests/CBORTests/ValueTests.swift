import CBOR
import Foundation
import Testing

@Suite("CBORValue")
struct ValueTests {
    @Test("is converted to JSON and back")
    func json() throws {
        let value: CBORValue = [
            "a": [1, -2, 0.5, true, nil, "x"], "b": ["c": .unsigned(.max)], "d": [:],
        ]
        let data = try JSONEncoder().encode(value)
        #expect(try JSONDecoder().decode(CBORValue.self, from: data) == value)
        let numbered = try JSONEncoder().encode([7: "x"] as CBORValue)
        #expect(String(decoding: numbered, as: UTF8.self) == #"{"7":"x"}"#)
    }

    @Test(
        "refuses to become JSON where JSON has no word for it",
        arguments: [
            .undefined, .simple(16), .tagged(1, 0), .negative(.max), [[0.5]: 1],
        ] as [CBORValue])
    func notJSON(value: CBORValue) {
        #expect(throws: EncodingError.self) { try JSONEncoder().encode([value]) }
    }

    @Test("tells items apart that are merely alike")
    func equality() {
        #expect(CBORValue.unsigned(1) != .double(1))
        #expect(CBORValue.double(0.0) != .double(-0.0))
        #expect(CBORValue.double(.nan) == .double(-.nan))
        #expect(CBORValue.text("\u{e9}") != .text("e\u{301}"))
        #expect(CBORValue.negative(0) == .integer(-1))
        #expect(Set<CBORValue>([.text("\u{e9}"), .text("e\u{301}"), .null, .undefined]).count == 4)
    }

    @Test("gives its parts")
    func parts() {
        let value: CBORValue = ["k": "v", 3: -7]
        #expect(value["k"]?.textValue == "v")
        #expect(value[3]?.integerValue == -7)
        #expect(value["x"] == nil)
        #expect(CBORValue.null["k"] == nil)
        #expect(CBORValue.negative(UInt64(Int64.max)).integerValue == .min)
        #expect(CBORValue.negative(1 << 63).integerValue == nil)
        #expect(CBORValue.unsigned(1 << 63).integerValue == nil)
    }

    @Test("does not encode simple values that have a name or none at all")
    func simple() {
        for number: UInt8 in [20, 23, 24, 31] {
            #expect(throws: CBORError.self) { try CBOREncoder().encode(CBORValue.simple(number)) }
        }
    }

    @Test("is part of a message like any other type")
    func inside() throws {
        struct Holder: Codable, Equatable {
            var any: CBORValue
            var more: [CBORValue]
        }
        let holder = Holder(any: ["x": .tagged(4, [1])], more: [.undefined, .simple(200)])
        let bytes = try CBOREncoder().encode(holder)
        #expect(try CBORDecoder().decode(Holder.self, from: bytes) == holder)
    }
}
