import CBOR

/// What must hold of the CBOR coder whatever the input.
enum CBORProperties {
    /// What is violated by an input, or `nil`.
    static func violation(of bytes: [UInt8]) -> String? {
        self.valueViolation(bytes) ?? self.codableViolation(bytes) ?? self.sequenceViolation(bytes)
    }

    /// What was decoded encodes to bytes that decode to the same, and encode to the same.
    private static func valueViolation(_ bytes: [UInt8]) -> String? {
        let strict = Result { try CBORDecoder().decode(CBORValue.self, from: bytes) }
        let lenient = Result {
            try CBORDecoder(limits: CBORLimits(allowsIndefiniteLengths: true)).decode(
                CBORValue.self, from: bytes)
        }
        if case .failure(let error) = strict, !(error is CBORError) { return "threw \(error)" }
        if case .failure(let error) = lenient, !(error is CBORError) { return "threw \(error)" }
        if case .success(let value) = strict, (try? lenient.get()) != value {
            return "lenient decoding gives something else"
        }
        guard case .success(let value) = lenient else { return nil }
        do {
            let encoded = try CBOREncoder().encode(value)
            let again = try CBORDecoder().decode(CBORValue.self, from: encoded)
            guard again == value else { return "encoded as something else" }
            guard try CBOREncoder().encode(again) == encoded else { return "encoded differently" }
        } catch {
            return "what was decoded does not survive: \(error)"
        }
        return nil
    }

    /// A type reads the same through `Codable` and directly, and writes the same bytes.
    private static func codableViolation(_ bytes: [UInt8]) -> String? {
        let coded = Result { try CBORDecoder().decode(Coded.self, from: bytes) }
        let direct = Result { try CBORDecoder().decode(Direct.self, from: bytes) }
        switch (coded, direct) {
        case (.success(let coded), .success(let direct)):
            guard coded.fields == direct.fields else { return "read directly, it is different" }
            let encoded = (
                try? CBOREncoder().encode(coded), try? CBOREncoder().encode(direct)
            )
            guard let codedBytes = encoded.0, codedBytes == encoded.1 else {
                return "written directly, it is different"
            }
            let again = try? CBORDecoder().decode(Coded.self, from: codedBytes)
            return again?.fields == coded.fields ? nil : "written, it is something else"
        case (.failure(let error), .failure(let other)):
            return error is CBORError && other is CBORError ? nil : "threw \(error), \(other)"
        case (.success, .failure(let error)): return "only the direct reading fails: \(error)"
        case (.failure(let error), .success): return "only the direct reading succeeds: \(error)"
        }
    }

    /// A stream of items is the same however it is cut into pieces.
    private static func sequenceViolation(_ bytes: [UInt8]) -> String? {
        let whole = self.items(of: bytes, piece: bytes.count)
        for piece in [1, 3, 7] where self.items(of: bytes, piece: piece) != whole {
            return "in pieces of \(piece) the stream is different"
        }
        return nil
    }

    /// The items of a stream; `nil` at the end for an error.
    private static func items(of bytes: [UInt8], piece: Int) -> [CBORSequence.Item?] {
        var reader = CBORSequenceReader(messageBytesMax: 1000, mapBytesMax: 1000)
        var items: [CBORSequence.Item?] = []
        var rest = bytes[...]
        do {
            while !rest.isEmpty {
                reader.append(rest.prefix(piece))
                rest = rest.dropFirst(piece)
                while let item = try reader.next() { items.append(item) }
            }
        } catch {
            items.append(nil)
        }
        return items
    }

    /// A message that the compiler codes.
    private struct Coded: Codable {
        var fields: Fields

        init(from decoder: any Decoder) throws { self.fields = try Fields(from: decoder) }

        func encode(to encoder: any Encoder) throws { try self.fields.encode(to: encoder) }
    }

    fileprivate struct Fields: Codable, Equatable {
        var number: Int
        var text: String?
        var bytes: [UInt8]?
        var flag: Bool?
        var ratio: Double?

        enum CodingKeys: Int, CodingKey {
            case number = 1
            case text = 2
            case bytes = 3
            case flag = 4
            case ratio = 5
        }

        /// Equal, every NaN to every other too: all are written in one form.
        static func == (left: Fields, right: Fields) -> Bool {
            left.number == right.number && left.text == right.text && left.bytes == right.bytes
                && left.flag == right.flag
                && left.ratio.map(Self.bits) == right.ratio.map(Self.bits)
        }

        private static func bits(_ ratio: Double) -> UInt64 {
            (ratio.isNaN ? Double.nan : ratio).bitPattern
        }
    }
}

/// The same message, read and written by hand.
private struct Direct: CBORCodable {
    var fields: CBORProperties.Fields

    init(from decoder: any Decoder) throws {
        self.fields = try CBORProperties.Fields(from: decoder)
    }

    func encode(to encoder: any Encoder) throws { try self.fields.encode(to: encoder) }

    func encode(into writer: inout CBORWriter) throws {
        let fields = self.fields
        let present = [
            fields.text != nil, fields.bytes != nil, fields.flag != nil, fields.ratio != nil,
        ].filter { $0 }
        writer.mapHead(1 + present.count)
        writer.int(1)
        writer.int(fields.number)
        if let text = fields.text {
            writer.int(2)
            writer.string(text)
        }
        if let bytes = fields.bytes {
            writer.int(3)
            writer.bytes(bytes)
        }
        if let flag = fields.flag {
            writer.int(4)
            writer.bool(flag)
        }
        if let ratio = fields.ratio {
            writer.int(5)
            writer.double(ratio)
        }
    }

    init(from reader: inout CBORReader) throws {
        var number: Int?
        var fields = CBORProperties.Fields(number: 0)
        var map = try reader.mapHead()
        while let key = try reader.key(in: &map) {
            switch key.intValue {
            case 1: number = try reader.int()
            case 2: fields.text = try reader.skipNull() ? nil : reader.string()
            case 3: fields.bytes = try reader.skipNull() ? nil : reader.bytes()
            case 4: fields.flag = try reader.skipNull() ? nil : reader.bool()
            case 5: fields.ratio = try reader.skipNull() ? nil : reader.double()
            default: try reader.skip()
            }
        }
        fields.number = try reader.required(number, "number", in: map)
        self.fields = fields
    }
}
