/// Streams of items (RFC 8742) of three kinds: messages, heartbeats and maps.
///
/// A message is a byte string whose content is opaque here, a heartbeat is `null`, and a map says
/// something about the stream itself, such as how it ended.
public enum CBORSequence {
    /// One item of a stream.
    public enum Item: Hashable, Sendable {
        /// The content of a byte string.
        case message([UInt8])
        /// `null`.
        case null
        /// An encoded map, well-formed; whoever decodes it checks the rest.
        case map([UInt8])
    }

    /// Appends a message: the head of a byte string and its content.
    public static func append(message: [UInt8], to bytes: inout [UInt8]) {
        var head = CBORWriter(capacityBytes: 16)
        head.head(.bytes, UInt64(message.count))
        bytes.reserveCapacity(bytes.count + head.count + message.count)
        head.withUnsafeBytes { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: message)
    }

    /// Appends a heartbeat.
    public static func appendNull(to bytes: inout [UInt8]) { bytes.append(0xf6) }

    /// Appends a value that encodes as a map.
    ///
    /// Throws `unexpectedItem` when it does not, and appends nothing then.
    public static func append(map: some Encodable, to bytes: inout [UInt8]) throws {
        let encoded = try CBOREncoder().encode(map)
        guard let first = encoded.first, first >> 5 == CBORMajor.map.rawValue else {
            throw CBORError(.unexpectedItem, offset: 0, "the value does not encode as a map")
        }
        bytes.append(contentsOf: encoded)
    }
}
