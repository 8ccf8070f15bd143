/// Turns CBOR (RFC 8949) into values, strictly.
///
/// The whole input is checked: exactly one well-formed item, UTF-8 text, no duplicate keys, no
/// indefinite lengths, bounded nesting. Unknown keys are ignored. Integers convert exactly or
/// throw; an integer is taken where a floating-point number is asked for; `null` and `undefined`
/// are nil. Keys are matched as `CBOREncoder` writes them. A type that conforms to `CBORCodable`
/// reads itself.
///
/// A decoder holds nothing but its limits and may be used from any thread; each thread keeps its
/// own scratch memory. Containers must not outlive the call: they then throw `containerClosed` or
/// find no input, and must not be touched once the thread that decoded has ended.
public struct CBORDecoder: Sendable {
    /// What is accepted.
    public let limits: CBORLimits
    private let means: CodingMeans

    /// Makes a decoder.
    public init(limits: CBORLimits = .default) {
        self.limits = limits
        self.means = .all
    }

    /// Makes a decoder that may be told to do without some means, for tests that compare.
    package init(limits: CBORLimits = .default, means: CodingMeans) {
        self.limits = limits
        self.means = means
    }

    /// Decodes the one item that `bytes` holds.
    ///
    /// Throws `CBORError`, or whatever else the type's own `init(from:)` throws.
    public func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        try bytes.withUnsafeBytes { try self.decode(type, from: $0) }
    }

    /// Decodes the one item that `bytes` holds, of a type that reads itself.
    ///
    /// Throws `CBORError`, or whatever else the type's own `init(from:)` throws.
    public func decode<T: CBORCodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        try bytes.withUnsafeBytes { try self.decode(type, from: $0) }
    }

    /// Decodes the one item that `bytes` holds, of a type that reads itself.
    ///
    /// Throws `CBORError`, or whatever else the type's own `init(from:)` throws.
    public func decode<T: CBORCodable>(
        _ type: T.Type, from bytes: UnsafeRawBufferPointer
    ) throws -> T {
        if self.means == .all, !self.limits.allowsIndefiniteLengths {
            // No optional value: the type of one is looked up at run time.
            var reader = CBORReader(bytes, limits: self.limits)
            do {
                try reader.checkInput()
                let value = try T(from: &reader)
                if reader.isAtEnd { return value }
            } catch {}
        }
        // What failed is decoded once more, with a state that can tell the place.
        return try Decoding.root(type, from: bytes, limits: self.limits, means: self.means)
    }

    /// Decodes the one item that `bytes` holds.
    ///
    /// Throws `CBORError`, or whatever else the type's own `init(from:)` throws.
    public func decode<T: Decodable>(
        _ type: T.Type, from bytes: UnsafeRawBufferPointer
    ) throws -> T {
        try Decoding.root(type, from: bytes, limits: self.limits, means: self.means)
    }
}
