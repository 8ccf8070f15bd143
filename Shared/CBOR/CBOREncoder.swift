/// Turns values into CBOR (RFC 8949), deterministically: equal values give equal bytes.
///
/// - Integers, lengths and floating-point numbers take their shortest form that keeps the value.
/// - Maps are sorted by their encoded keys. A key is an integer where its `CodingKey` has an
///   `intValue`, else text; dictionaries with text keys keep them text.
/// - `[UInt8]` is a byte string. A nil optional property is left out.
/// - A type that conforms to `CBORCodable` writes itself.
///
/// An encoder holds nothing and may be used from any thread; each thread keeps its own buffers.
/// A container must be finished with before its parent goes on to the next entry, and never
/// outlives the call; using it later throws `containerClosed`. An error inside a value fails the
/// whole call even if the type swallows it. At most 64 levels of nesting.
public struct CBOREncoder: Sendable {
    private let means: CodingMeans

    /// Makes an encoder.
    public init() { self.means = .all }

    /// Makes an encoder that may be told to do without some means, for tests that compare.
    package init(means: CodingMeans) { self.means = means }

    /// Encodes a value as one item.
    ///
    /// Throws `CBORError`, or whatever else the value's own `encode(to:)` throws.
    public func encode<T: Encodable>(_ value: T) throws -> [UInt8] {
        try Encoding.withItem(value, means: self.means) { [UInt8]($0) }
    }
}
