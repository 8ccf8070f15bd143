import CBOR
import Testing

@Suite("Types that code themselves")
struct DirectCodingTests {
    @Test("give the same bytes as Codable, alone and inside other values", arguments: [nil, "l"])
    func sameBytes(label: String?) throws {
        let direct = Point(a: -5, label: label)
        let plain = PlainPoint(a: -5, label: label)
        #expect(try CBOREncoder().encode(direct) == CBOREncoder().encode(plain))
        let path = Path(first: direct, rest: [direct, direct], named: ["n": direct], last: direct)
        let plainPath = Path(first: plain, rest: [plain, plain], named: ["n": plain], last: plain)
        let bytes = try CBOREncoder().encode(path)
        #expect(bytes == (try CBOREncoder().encode(plainPath)))
        #expect(try CBORDecoder().decode(Path<Point>.self, from: bytes) == path)
        #expect(try CBORDecoder().decode(Path<PlainPoint>.self, from: bytes) == plainPath)
    }

    @Test("may hold values that do not")
    func mixed() throws {
        let envelope = Envelope(body: Profile(), points: [Point(a: 1, label: nil)])
        let bytes = try CBOREncoder().encode([envelope])
        #expect(try CBORDecoder().decode([Envelope].self, from: bytes) == [envelope])
        #expect(try CBORDecoder().decode(CBORValue.self, from: bytes)[1] == nil)
    }

    @Test("report the place of a failure")
    func failures() {
        let error = #expect(throws: CBORError.self) {
            try CBORDecoder().decode(
                Path<Point>.self,
                from: hex("a2 6472657374 82 a1 6161 01 a1 6161 60 656669727374 a1 6161 01"))
        }
        #expect(error?.code == .typeMismatch)
        #expect(error?.path == "rest[1].a")
        let top = #expect(throws: CBORError.self) {
            try CBORDecoder().decode(Envelope.self, from: hex("a2 01 a0 02 81 a1 6161 60"))
        }
        #expect(top?.code == .keyNotFound)
        #expect(top?.path == "1")
    }

    @Test(
        "refuse keys that come twice in a map of their own",
        arguments: [
            "a2 6161 01 6161 02", "a3 6161 01 656c6162656c 6178 6161 02",
            "a3 6162 00 6161 01 6162 00", "a2 6161 01 780161 02", "a2 05 00 05 00",
            "a3 6161 01 1805 00 05 00", "a3 05 00 1805 00 6161 01", "a2 24 00 3804 00",
        ])
    func duplicateKeys(digits: String) {
        let error = #expect(throws: CBORError.self) {
            try CBORDecoder().decode(Point.self, from: hex(digits))
        }
        #expect(error?.code == .duplicateKey)
    }

    @Test("take keys in any order")
    func anyOrder() throws {
        let point = try CBORDecoder().decode(
            Point.self, from: hex("a4 656c6162656c 6178 6161 01 05 00 00 00"))
        #expect(point == Point(a: 1, label: "x"))
    }

    @Test("a reader reads what a writer writes")
    func lowLevel() throws {
        var writer = CBORWriter(capacityBytes: 1)
        writer.arrayHead(11)
        writer.int(-7)
        writer.uint(UInt64.max)
        writer.string("ü")
        writer.bytes([9])
        writer.bool(true)
        writer.null()
        writer.double(0.5)
        writer.float(0.25)
        writer.tag(24)
        writer.bytes([1])
        writer.mapHead(0)
        try writer.encode(["k": 1])
        let same = writer.withUnsafeBytes { Array($0) }
        #expect(same == writer.bytes())
        try CBORReader.read(writer.bytes()) { reader in
            var array = try reader.arrayHead()
            #expect(array.count == 11)
            let first = reader.element(in: &array)
            #expect(first)
            #expect(try reader.int() == -7)
            #expect(try reader.uint() == .max)
            #expect(try reader.string() == "ü")
            #expect(try reader.bytes() == [9])
            #expect(try reader.bool())
            try reader.null()
            #expect(try reader.double() == 0.5)
            #expect(try reader.float() == 0.25)
            #expect(try reader.tag() == 24)
            try reader.skip()
            var map = try reader.mapHead()
            #expect(try reader.key(in: &map) == nil)
            #expect(try reader.decode([String: Int].self) == ["k": 1])
        }
    }

    @Test("a reader refuses what is left over")
    func leftOver() {
        #expect(throws: CBORError.self) {
            try CBORReader.read([1, 2]) { reader in try reader.int() }
        }
    }

    @Test("keys are known by number, text or description")
    func keys() throws {
        let seen = try CBORReader.read(hex("a5 05 00 24 00 6161 00 40 00 1bffffffffffffffff 00")) {
            reader in
            var seen: [String] = []
            var map = try reader.mapHead()
            while let key = try reader.key(in: &map) {
                seen.append("\(key) \(key.intValue.map(String.init) ?? "-") \(key.isText("a"))")
                try reader.skip()
            }
            return seen
        }
        #expect(
            seen == [
                "5 5 false", "-5 -5 false", "\"a\" - true", "a byte string - false",
                "18446744073709551615 - false",
            ])
    }
}
