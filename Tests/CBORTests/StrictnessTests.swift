import CBOR
import Testing

/// An input that must be refused.
struct Malformed: Sendable, CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var code: CBORError.Code

    init(_ name: String, _ digits: String, _ code: CBORError.Code) {
        self.init(name, hex(digits), code)
    }

    init(_ name: String, _ bytes: [UInt8], _ code: CBORError.Code) {
        self.name = name
        self.bytes = bytes
        self.code = code
    }

    var testDescription: String { self.name }

    static let all: [Malformed] = [
        Malformed("nothing", "", .emptyInput),
        Malformed("a head without its argument", "18", .truncated),
        Malformed("half an argument", "1903", .truncated),
        Malformed("a text shorter than declared", "6361", .truncated),
        Malformed("bytes shorter than declared", "4401", .truncated),
        Malformed("a huge byte string", "5b7fffffffffffffff", .truncated),
        Malformed("the hugest byte string", "5bffffffffffffffff", .truncated),
        Malformed("a huge text", "7bffffffffffffffff", .truncated),
        Malformed("a huge array", "9b7fffffffffffffff", .truncated),
        Malformed("the hugest array", "9bffffffffffffffff00", .truncated),
        Malformed("a huge map", "bb7fffffffffffffff", .truncated),
        Malformed("a map longer than its input", "ba0000ffff0001", .truncated),
        Malformed("an array that lacks an element", "8201", .truncated),
        Malformed("a map that lacks a value", "a101", .truncated),
        Malformed("a tag around nothing", "c1", .truncated),
        Malformed("a number cut short", "fb3ff19999", .truncated),
        Malformed("two items", "0000", .trailingBytes),
        Malformed("an array and a byte", "810000", .trailingBytes),
        Malformed("additional information 28", "1c", .malformed),
        Malformed("additional information 29", "3d", .malformed),
        Malformed("additional information 30", "5e", .malformed),
        Malformed("a simple value 31 of two bytes", "f81f", .malformed),
        Malformed("a simple value 24 of two bytes", "f818", .malformed),
        Malformed("a break alone", "ff", .malformed),
        Malformed("a break inside an array", "8101ff", .trailingBytes),
        Malformed("a break for an element", "81ff", .malformed),
        Malformed("an integer of indefinite length", "1f", .malformed),
        Malformed("a negative of indefinite length", "3f", .malformed),
        Malformed("a tag of indefinite length", "df00", .malformed),
        Malformed("an indefinite array", "9f01ff", .indefiniteLength),
        Malformed("an indefinite map", "bf0102ff", .indefiniteLength),
        Malformed("indefinite bytes", "5f4101ff", .indefiniteLength),
        Malformed("an indefinite text", "7f6161ff", .indefiniteLength),
        Malformed("an indefinite array deep inside", "81a1019fff", .indefiniteLength),
        Malformed("an indefinite key", "a17f6161ff01", .indefiniteLength),
        Malformed("a key twice", "a2616101616102", .duplicateKey),
        Malformed("a key twice, with one between", "a3616101616202616103", .duplicateKey),
        Malformed("a number twice", "a201000100", .duplicateKey),
        Malformed("a number twice, once in a longer form", "a20100180100", .duplicateKey),
        Malformed("a number twice, the longer form first", "a218010001 00", .duplicateKey),
        Malformed("a text twice, once with a longer length", "a2616100780161 00", .duplicateKey),
        Malformed("a key twice in an inner map", "8201a10182a0a200010002", .duplicateKey),
        Malformed("a negative key twice", "a320002100200 0", .duplicateKey),
        Malformed("a key of bytes twice", "a2410100410100", .duplicateKey),
        Malformed("an array for a key, twice", "a2810100810100", .duplicateKey),
        Malformed("a byte that starts nothing in UTF-8", "61ff", .invalidUTF8),
        Malformed("an overlong slash", "62c0af", .invalidUTF8),
        Malformed("an overlong three-byte form", "63e08080", .invalidUTF8),
        Malformed("half a surrogate pair", "63eda080", .invalidUTF8),
        Malformed("beyond the last scalar", "64f4908080", .invalidUTF8),
        Malformed("a character cut short", "62e6b0", .invalidUTF8),
        Malformed("a key that is not UTF-8", "a161ff00", .invalidUTF8),
        Malformed("ASCII and then a stray continuation", "6961626364656667688061", .invalidUTF8),
        Malformed("65 arrays", [UInt8](repeating: 0x81, count: 65) + [0], .depthExceeded),
        Malformed("65 tags", [UInt8](repeating: 0xc1, count: 65) + [0], .depthExceeded),
        Malformed("a million arrays", [UInt8](repeating: 0x81, count: 1 << 20), .depthExceeded),
        Malformed("a million tags", [UInt8](repeating: 0xc1, count: 1 << 20), .depthExceeded),
        Malformed("maps for keys", [UInt8](repeating: 0xa1, count: 1 << 16), .depthExceeded),
    ]
}

@Suite("Strict decoding")
struct StrictnessTests {
    /// Takes any item without looking at it, so that only the check of the input can refuse it.
    struct Anything: Decodable {
        init(from decoder: any Decoder) {}
    }

    private func code(_ body: () throws -> Void) -> CBORError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? CBORError)?.code
        }
    }

    @Test("a malformed input is refused as a value", arguments: Malformed.all)
    func refusedAsValue(input: Malformed) {
        let code = self.code { _ = try CBORDecoder().decode(CBORValue.self, from: input.bytes) }
        #expect(code == input.code)
    }

    @Test("a malformed input is refused even by a type that ignores it", arguments: Malformed.all)
    func refusedUnseen(input: Malformed) {
        let code = self.code { _ = try CBORDecoder().decode(Anything.self, from: input.bytes) }
        #expect(code == input.code)
    }

    @Test(
        "a malformed input is refused as the value of an unknown key",
        arguments: Malformed.all.filter {
            !$0.bytes.isEmpty && $0.code != .trailingBytes && $0.code != .depthExceeded
        })
    func refusedWhereIgnored(input: Malformed) {
        struct Known: Decodable { var a: Int }
        let bytes = hex("a2 6161 01 6162") + input.bytes
        let code = self.code { _ = try CBORDecoder().decode(Known.self, from: bytes) }
        #expect(code == input.code)
        let direct = self.code { _ = try CBORDecoder().decode(Point.self, from: bytes) }
        #expect(direct == input.code)
    }

    @Test("an input of exactly 64 levels is taken")
    func deepestAllowed() throws {
        for head: UInt8 in [0x81, 0xc1] {
            let bytes = [UInt8](repeating: head, count: 64) + [0]
            let value = try CBORDecoder().decode(CBORValue.self, from: bytes)
            #expect(try CBOREncoder().encode(value) == bytes)
        }
    }

    @Test("an input longer than allowed is refused")
    func inputTooLarge() {
        let decoder = CBORDecoder(limits: CBORLimits(inputBytesMax: 3))
        #expect(self.code { _ = try decoder.decode(String.self, from: hex("626161")) } == nil)
        #expect(
            self.code { _ = try decoder.decode(String.self, from: hex("63616161")) }
                == .inputTooLarge)
    }

    @Test("nested maps whose keys descend cost no more than their size many times over")
    func unsortedNesting() throws {
        // Each level would double the work if a level checked its inner levels again.
        var bytes: [UInt8] = [0]
        for _ in 0..<60 { bytes = hex("a2 02") + bytes + hex("01 00") }
        var value = try CBORDecoder().decode(CBORValue.self, from: bytes)
        for _ in 0..<60 { value = try #require(value[2]) }
        #expect(value == 0)
        #expect(self.code { _ = try CBORDecoder().decode(Point.self, from: bytes) } == .keyNotFound)
    }

    @Test(
        "maps in the keys of maps cost no more than their size many times over",
        arguments: ["00 f6 00", "00 80 00"])
    func nestedKeys(others: String) throws {
        // Each level would double the work if what compares keys compared those inside them again:
        // sixteen million times as much at this depth.
        var bytes: [UInt8] = [0]
        for _ in 0..<24 { bytes = hex("a2") + bytes + hex(others) }
        let began = ContinuousClock.now
        _ = try CBORDecoder().decode(CBORValue.self, from: bytes)
        #expect(self.code { _ = try CBORDecoder().decode(Point.self, from: bytes) } != nil)
        _ = try CBORDecoder().decode(Anything.self, from: hex("a1 617a") + bytes)
        #expect(began.duration(to: .now) < .seconds(2))
    }

    @Test("keys in any order are taken when none comes twice")
    func unsortedKeys() throws {
        let value = try CBORDecoder().decode(
            CBORValue.self, from: hex("a4 6162 00 02 00 20 00 01 00"))
        #expect(value == ["b": 0, 2: 0, -1: 0, 1: 0])
        let dictionary = try CBORDecoder().decode(
            [String: Int].self, from: hex("a3 6162 02 6161 01 6163 03"))
        #expect(dictionary == ["a": 1, "b": 2, "c": 3])
    }

    @Test("the error tells the byte")
    func offset() throws {
        let error = #expect(throws: CBORError.self) {
            try CBORDecoder().decode(CBORValue.self, from: hex("83 01 02 61ff"))
        }
        #expect(error?.offset == 4)
        #expect(error?.path == "[2]")
        #expect(error?.description == "invalid_utf8 at [2], byte 4: the text is not UTF-8")
    }
}
