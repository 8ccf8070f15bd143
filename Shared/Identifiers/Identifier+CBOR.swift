public import CBOR

extension Identifier: CBORMessage {
    /// Appends the text form.
    public func encode(into writer: inout CBORWriter) throws {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.digitCount) { digits in
            self.writeDigits(digits)
            writer.text(UnsafeBufferPointer(digits))
        }
    }

    /// Reads the text form.
    ///
    /// Throws `invalidValue` unless it is 24 lower-case hexadecimal digits.
    public init(from reader: inout CBORReader) throws {
        let text = try reader.text()
        guard let identifier = text.withUTF8({ Self(digits: $0) }) else {
            throw reader.unknown(text, Self.self)
        }
        self = identifier
    }

    /// A text of its own name: `UserID` for a user's.
    public static func cborShape(in book: inout CBORShapeBook) -> CBORShape {
        book.named("\(Kind.self)ID", Self.self) { _ in
            .alias(.text, pattern: "[0-9a-f]{\(Self.digitCount)}")
        }
    }
}
