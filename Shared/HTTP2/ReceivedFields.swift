#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The header fields of the response that a client connection is receiving.
///
/// A connection needs no more than one: the frames of a header block come without others between
/// them (RFC 9113 section 4.3). Responses mostly say the same: one like the last shares its memory.
struct ReceivedFields: ~Copyable {
    private var buffer = FieldBuffer()
    private var last = HTTP2Fields()

    deinit {
        var buffer = self.buffer
        buffer.free()
    }

    /// A header block begins.
    mutating func clear() { self.buffer.clear(keeping: FixedLimits.spareFieldBytesMax) }

    /// Takes a field.
    @inline(__always)
    mutating func append(
        _ name: UnsafePointer<UInt8>, _ nameLength: Int, _ value: UnsafePointer<UInt8>,
        _ valueLength: Int
    ) {
        _ = self.buffer.append(name, nameLength, value, valueLength)
    }

    /// The fields of the block, which has ended.
    mutating func fields() -> HTTP2Fields {
        let received = self.buffer.bytes
        let isLikeLast = self.last.bytes.withUnsafeBytes { last in
            guard last.count == received.count else { return false }
            guard let start = last.baseAddress, let other = received.baseAddress else {
                return true
            }
            return memcmp(start, other, last.count) == 0
        }
        if !isLikeLast { self.last = HTTP2Fields(bytes: received, count: self.buffer.count) }
        return self.last
    }
}
