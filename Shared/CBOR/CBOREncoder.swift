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
    private let keepsContainers: Bool

    /// Makes an encoder.
    public init() { self.keepsContainers = true }

    /// Makes an encoder that may be told not to reuse containers.
    init(keepsContainers: Bool) { self.keepsContainers = keepsContainers }

    /// Encodes a value as one item.
    ///
    /// Throws `CBORError`, or whatever else the value's own `encode(to:)` throws.
    public func encode<T: Encodable>(_ value: T) throws -> [UInt8] {
        try Encoding.withItem(value, keepsContainers: self.keepsContainers) { [UInt8]($0) }
    }
}
