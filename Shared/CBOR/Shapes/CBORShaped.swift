/// A type that can say what it looks like in CBOR.
///
/// `@Message` writes the conformance for structs and enums; the standard library's types have it.
public protocol CBORShaped: SendableMetatype {
    /// The shape of every value of the type; types with names are explained in the book.
    static func cborShape(in book: inout CBORShapeBook) -> CBORShape
}

extension Bool: CBORShaped {
    public static func cborShape(in _: inout CBORShapeBook) -> CBORShape { .bool }
}

extension String: CBORShaped {
    public static func cborShape(in _: inout CBORShapeBook) -> CBORShape { .text }
}

extension CBORShaped where Self: FixedWidthInteger {
    public static func cborShape(in _: inout CBORShapeBook) -> CBORShape {
        Self.isSigned ? .integer(bits: Self.bitWidth) : .unsigned(bits: Self.bitWidth)
    }
}

extension Int: CBORShaped {}
extension Int8: CBORShaped {}
extension Int16: CBORShaped {}
extension Int32: CBORShaped {}
extension Int64: CBORShaped {}
extension UInt: CBORShaped {}
extension UInt8: CBORShaped {}
extension UInt16: CBORShaped {}
extension UInt32: CBORShaped {}
extension UInt64: CBORShaped {}

extension Float: CBORShaped {
    public static func cborShape(in _: inout CBORShapeBook) -> CBORShape { .float(bits: 32) }
}

extension Double: CBORShaped {
    public static func cborShape(in _: inout CBORShapeBook) -> CBORShape { .float(bits: 64) }
}

extension CBORValue: CBORShaped {
    public static func cborShape(in _: inout CBORShapeBook) -> CBORShape { .any }
}

extension Optional: CBORShaped where Wrapped: CBORShaped {
    public static func cborShape(in book: inout CBORShapeBook) -> CBORShape {
        .optional(Wrapped.cborShape(in: &book))
    }
}

extension Array: CBORShaped where Element: CBORShaped {
    /// `[UInt8]` is a byte string, every other array an array.
    public static func cborShape(in book: inout CBORShapeBook) -> CBORShape {
        Element.self == UInt8.self ? .bytes : .array(Element.cborShape(in: &book))
    }
}

extension Dictionary: CBORShaped where Key: CBORDictionaryKey, Value: CBORShaped {
    public static func cborShape(in book: inout CBORShapeBook) -> CBORShape {
        .map(key: Key.cborShape(in: &book), value: Value.cborShape(in: &book))
    }
}
