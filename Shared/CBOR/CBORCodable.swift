/// A type that writes and reads its CBOR itself, several times faster than through `Codable`.
///
/// `CBOREncoder` and `CBORDecoder` use these two functions wherever they meet such a type, at the
/// top or deep inside another value. They must produce and accept exactly what the type's
/// `Codable` conformance does: each one item; for a map, ascending keys (see `CBORWriter`), nil
/// left out, unknown keys skipped.
///
/// ```swift
/// extension Point: CBORCodable {
///     func encode(into writer: inout CBORWriter) throws {
///         writer.mapHead(2)
///         writer.int(1)
///         writer.int(self.x)
///         writer.int(2)
///         writer.int(self.y)
///     }
///     init(from reader: inout CBORReader) throws {
///         var x: Int?
///         var y: Int?
///         var map = try reader.mapHead()
///         while let key = try reader.key(in: &map) {
///             switch key.intValue {
///             case 1: x = try reader.int()
///             case 2: y = try reader.int()
///             default: try reader.skip()
///             }
///         }
///         self.x = try reader.required(x, "x", in: map)
///         self.y = try reader.required(y, "y", in: map)
///     }
/// }
/// ```
public protocol CBORCodable: Codable {
    /// Appends exactly one item.
    func encode(into writer: inout CBORWriter) throws

    /// Reads exactly one item.
    init(from reader: inout CBORReader) throws
}
