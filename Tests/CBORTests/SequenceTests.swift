import CBOR
import Testing

@Suite("Sequences of items")
struct SequenceTests {
    private func stream() throws -> [UInt8] {
        var bytes: [UInt8] = []
        CBORSequence.append(message: [], to: &bytes)
        CBORSequence.append(message: [UInt8](repeating: 7, count: 300), to: &bytes)
        CBORSequence.appendNull(to: &bytes)
        try CBORSequence.append(map: Profile(), to: &bytes)
        CBORSequence.append(message: [1, 2, 3], to: &bytes)
        try CBORSequence.append(map: [Int: Int](), to: &bytes)
        return bytes
    }

    private func items(_ reader: inout CBORSequenceReader) throws -> [CBORSequence.Item] {
        var items: [CBORSequence.Item] = []
        while let item = try reader.next() { items.append(item) }
        return items
    }

    @Test("items come out whole, however the bytes come in", arguments: [1, 2, 3, 7, 64, 100_000])
    func chunks(size: Int) throws {
        let stream = try self.stream()
        var reader = CBORSequenceReader(messageBytesMax: 300)
        var items: [CBORSequence.Item] = []
        for start in Swift.stride(from: 0, to: stream.count, by: size) {
            reader.append(stream[start..<min(start + size, stream.count)])
            items += try self.items(&reader)
        }
        #expect(reader.pendingBytes == 0)
        #expect(
            items == [
                .message([]), .message([UInt8](repeating: 7, count: 300)), .null,
                .map(try CBOREncoder().encode(Profile())), .message([1, 2, 3]), .map([0xa0]),
            ])
    }

    @Test("an item cut short is waited for")
    func truncated() throws {
        for digits in ["43 0102", "58", "a1 01", "a1 01 82 01", "b8", "a1 6261"] {
            var reader = CBORSequenceReader(messageBytesMax: 10)
            reader.append(hex(digits))
            #expect(try reader.next() == nil)
            #expect(reader.pendingBytes == hex(digits).count)
        }
    }

    @Test(
        "what is too long or of no known kind is refused as soon as its head is there",
        arguments: [
            ("4b", CBORError.Code.itemTooLarge), ("5bffffffffffffffff", .itemTooLarge),
            ("5b7fffffffffffffff", .itemTooLarge), ("a1 01 7bffffffffffffffff", .itemTooLarge),
            ("bbffffffffffffffff", .itemTooLarge), ("a1 01 9bffffffffffffffff", .itemTooLarge),
            ("a1 01 5811", .itemTooLarge), ("01", .unexpectedItem), ("f7", .unexpectedItem),
            ("80", .unexpectedItem), ("6161", .unexpectedItem), ("c100", .unexpectedItem),
            ("5f", .indefiniteLength), ("bf", .indefiniteLength), ("5c", .malformed),
            ("a1 1c", .malformed), ("a1 ff", .malformed), ("a1 01 9f", .indefiniteLength),
        ])
    func refused(digits: String, code: CBORError.Code) throws {
        var reader = CBORSequenceReader(messageBytesMax: 10, mapBytesMax: 16)
        reader.append(hex("f6 41 00"))
        #expect(try self.items(&reader).count == 2)
        reader.append(hex(digits))
        let error = #expect(throws: CBORError.self) { try reader.next() }
        #expect(error?.code == code)
        #expect((error?.offset ?? 0) >= 3)
    }

    @Test("a map nested too deeply is refused")
    func deep() {
        var reader = CBORSequenceReader(messageBytesMax: 10)
        reader.append([UInt8](repeating: 0xa1, count: 1000))
        let error = #expect(throws: CBORError.self) { try reader.next() }
        #expect(error?.code == .depthExceeded)
    }

    @Test("a stream that goes on for long does not fill memory with what was read")
    func longStream() throws {
        var reader = CBORSequenceReader(messageBytesMax: 100)
        var message: [UInt8] = []
        CBORSequence.append(message: [UInt8](repeating: 1, count: 90), to: &message)
        var count = 0
        for _ in 0..<10_000 {
            reader.append(message)
            count += try self.items(&reader).count
            #expect(reader.pendingBytes == 0)
        }
        #expect(count == 10_000)
    }

    @Test("only maps are written as maps")
    func wrongMap() {
        var bytes: [UInt8] = [1]
        #expect(throws: CBORError.self) { try CBORSequence.append(map: [1], to: &bytes) }
        #expect(bytes == [1])
    }
}
