extension CBORValue: CBORCodable {
    /// Appends the item; maps come out sorted.
    public func encode(into writer: inout CBORWriter) throws {
        try self.encode(into: &writer, level: 0)
    }

    private func encode(into writer: inout CBORWriter, level: Int) throws {
        switch self {
        case .unsigned(let number): writer.uint(number)
        case .negative(let number): writer.head(.negative, number)
        case .bytes(let bytes): writer.bytes(bytes)
        case .text(let text): writer.string(text)
        case .array(let elements):
            let level = try Self.deeper(level, writer)
            writer.arrayHead(elements.count)
            for element in elements { try element.encode(into: &writer, level: level) }
        case .map(let entries):
            try Self.encode(entries, into: &writer, level: Self.deeper(level, writer))
        case .tagged(let number, let item):
            let level = try Self.deeper(level, writer)
            writer.tag(number)
            try item.encode(into: &writer, level: level)
        case .bool(let value): writer.bool(value)
        case .null: writer.null()
        case .undefined: writer.head(.simple, 23)
        case .simple(let number):
            guard number < 20 || number >= 32 else {
                throw CBORError(
                    .invalidValue, offset: writer.count,
                    "\(number) is not a simple value of its own")
            }
            writer.head(.simple, UInt64(number))
        case .double(let number): writer.double(number)
        }
    }

    private static func encode(
        _ entries: [CBORValue: CBORValue], into writer: inout CBORWriter, level: Int
    ) throws {
        var sorted: [(key: [UInt8], value: CBORValue)] = []
        sorted.reserveCapacity(entries.count)
        for (key, value) in entries {
            var keyWriter = CBORWriter(capacityBytes: 32)
            try key.encode(into: &keyWriter, level: level)
            sorted.append((keyWriter.bytes(), value))
        }
        sorted.sort { $0.key.lexicographicallyPrecedes($1.key) }
        writer.mapHead(sorted.count)
        for (key, value) in sorted {
            key.withUnsafeBytes { writer.raw($0) }
            try value.encode(into: &writer, level: level)
        }
    }

    private static func deeper(_ level: Int, _ writer: borrowing CBORWriter) throws -> Int {
        guard level < CBORLimits.depthMaxDefault else {
            throw CBORError(
                .depthExceeded, offset: writer.count,
                "the value nests deeper than \(CBORLimits.depthMaxDefault) levels")
        }
        return level + 1
    }

    /// Reads one item of any kind, of indefinite length too where the limits allow it.
    public init(from reader: inout CBORReader) throws {
        let start = reader.position
        let (initial, argument) = try reader.headOrIndefinite()
        let isOpen = initial & 31 == 31
        switch CBORMajor(rawValue: initial >> 5) ?? .simple {
        case .unsigned: self = .unsigned(argument)
        case .negative: self = .negative(argument)
        case .bytes, .text:
            if isOpen {
                self = try Self.chunks(&reader, isText: initial >> 5 == 3)
            } else {
                reader.position = start
                self = initial >> 5 == 3 ? .text(try reader.string()) : .bytes(try reader.bytes())
            }
        case .array:
            self = .array(try Self.elements(&reader, isOpen ? nil : argument))
        case .map:
            self = .map(try Self.entries(&reader, isOpen ? nil : argument))
        case .tag:
            _ = try reader.enter(0)
            self = .tagged(argument, try CBORValue(from: &reader))
            reader.depth -= 1
        case .simple:
            try reader.checkSimple(initial, argument)
            self = Self.simple(initial, argument)
        }
    }

    private static func simple(_ initial: UInt8, _ argument: UInt64) -> CBORValue {
        switch initial {
        case 0xf4: .bool(false)
        case 0xf5: .bool(true)
        case 0xf6: .null
        case 0xf7: .undefined
        case 0xf9: .double(Double(HalfPrecision.value(UInt16(truncatingIfNeeded: argument))))
        case 0xfa: .double(Double(Float(bitPattern: UInt32(truncatingIfNeeded: argument))))
        case 0xfb: .double(Double(bitPattern: argument))
        default: .simple(UInt8(truncatingIfNeeded: argument))
        }
    }

    private static func chunks(_ reader: inout CBORReader, isText: Bool) throws -> CBORValue {
        var bytes: [UInt8] = []
        while try !reader.skipBreak() { bytes += try reader.chunk(of: isText ? 3 : 2) }
        return isText ? .text(String(decoding: bytes, as: UTF8.self)) : .bytes(bytes)
    }

    /// The elements of an array: as many as declared, or up to a break.
    private static func elements(
        _ reader: inout CBORReader, _ declared: UInt64?
    ) throws -> [CBORValue] {
        let count = try reader.enter(declared ?? 0)
        var elements: [CBORValue] = []
        while try declared == nil ? !reader.skipBreak() : elements.count < count {
            elements.append(try CBORValue(from: &reader))
        }
        reader.depth -= 1
        return elements
    }

    private static func entries(
        _ reader: inout CBORReader, _ declared: UInt64?
    ) throws -> [CBORValue: CBORValue] {
        let count = try reader.enter(declared ?? 0)
        var entries: [CBORValue: CBORValue] = [:]
        while try declared == nil ? !reader.skipBreak() : entries.count < count {
            let start = reader.position
            let key = try CBORValue(from: &reader)
            if entries.updateValue(try CBORValue(from: &reader), forKey: key) != nil {
                throw CBORError(
                    .duplicateKey, offset: start, "a map has the key \(key) twice")
            }
        }
        reader.depth -= 1
        return entries
    }
}
