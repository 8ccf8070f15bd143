/// A typed 96-bit identifier, written as 24 lower-case hexadecimal digits.
///
/// The first four bytes are seconds since 1970 (big endian) and the other eight are random, so
/// identifiers sort by the second they were made in and neighbours in time are neighbours in an
/// index. `Kind` is a phantom: it keeps a user from being passed where a contract is meant and is
/// never stored. Identifiers are never reused and carry no meaning beyond identity.
///
/// On the wire (CBOR and JSON) an identifier is its 24-digit text.
public struct Identifier<Kind>: Hashable, Sendable {
    /// Digits in the text form.
    public static var digitCount: Int { 24 }

    private let high: UInt64
    private let low: UInt32

    /// Makes an identifier for something created `secondsSince1970`, the rest random.
    public init(
        secondsSince1970: Int64, using random: inout some RandomNumberGenerator
    ) {
        let seconds = UInt64(UInt32(truncatingIfNeeded: secondsSince1970))
        self.high = seconds << 32 | UInt64(UInt32.random(in: .min ... .max, using: &random))
        self.low = UInt32.random(in: .min ... .max, using: &random)
    }

    /// Makes an identifier for something created `secondsSince1970`, the rest from the system's
    /// random numbers.
    public init(secondsSince1970: Int64) {
        var random = DrawnRandomNumbers()
        self.init(secondsSince1970: secondsSince1970, using: &random)
    }

    /// Reads the text form; `nil` unless it is exactly 24 lower-case hexadecimal digits.
    public init?(_ text: some StringProtocol) { self.init(String(text)) }

    /// Reads the text form; `nil` unless it is exactly 24 lower-case hexadecimal digits.
    public init?(_ text: String) {
        var text = text
        guard let identifier = text.withUTF8({ Self(digits: $0) }) else { return nil }
        self = identifier
    }

    /// Reads the text form from its bytes.
    init?(digits: UnsafeBufferPointer<UInt8>) {
        guard digits.count == Self.digitCount else { return nil }
        var high: UInt64 = 0
        var low: UInt32 = 0
        var count = 0
        for byte in digits {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if count < 16 {
                high = high << 4 | UInt64(digit)
            } else {
                low = low << 4 | UInt32(digit)
            }
            count += 1
        }
        self.high = high
        self.low = low
    }

    /// The 24 lower-case hexadecimal digits.
    public var text: String {
        String(unsafeUninitializedCapacity: Self.digitCount) { buffer in
            self.writeDigits(buffer)
            return Self.digitCount
        }
    }

    /// Writes the digits to the beginning of a buffer that has room for them.
    func writeDigits(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
        for index in 0..<Self.digitCount {
            let nibble =
                index < 16
                ? UInt8(truncatingIfNeeded: self.high >> UInt64(60 - 4 * index)) & 15
                : UInt8(truncatingIfNeeded: self.low >> UInt32(92 - 4 * index)) & 15
            buffer.initializeElement(
                at: index,
                to: nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
        }
    }
}

extension Identifier: CustomStringConvertible {
    public var description: String { self.text }
}

extension Identifier: Comparable {
    public static func < (left: Self, right: Self) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}

extension Identifier: Codable {
    /// Reads the text form.
    ///
    /// - Throws: `DecodingError.dataCorrupted` unless it is 24 lower-case hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let identifier = Self(text) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "an identifier is 24 lower-case hexadecimal digits"))
        }
        self = identifier
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.text)
    }
}
