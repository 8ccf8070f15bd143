/// What a decoder accepts.
///
/// Time and memory spent on an input are bounded by its real size; a length that it merely
/// declares never allocates anything.
public struct CBORLimits: Hashable, Sendable {
    /// How deep arrays, maps and tags may nest; the outermost one counts as one.
    public var depthMax: Int
    /// How long an input may be; at most 4 GiB less one byte.
    public var inputBytesMax: Int
    /// Whether items of indefinite length are read (RFC 8949 §3.2).
    ///
    /// They are never part of a deterministic encoding. A type other than `CBORValue` is decoded
    /// from a definite-length copy of such an input, so offsets in errors refer to that copy.
    public var allowsIndefiniteLengths: Bool

    /// Strict: 64 levels, 16 MiB, definite lengths only.
    public static let `default` = CBORLimits()

    /// The depth that encoders keep to as well.
    @inlinable public static var depthMaxDefault: Int { 64 }

    /// Makes limits; what is left out is as in `default`.
    public init(
        depthMax: Int = CBORLimits.depthMaxDefault, inputBytesMax: Int = 16 << 20,
        allowsIndefiniteLengths: Bool = false
    ) {
        // Decoding recurses once a level; more than this could exhaust a thread's stack.
        self.depthMax = min(max(depthMax, 0), 256)
        self.inputBytesMax = min(max(inputBytesMax, 0), Int(UInt32.max))
        self.allowsIndefiniteLengths = allowsIndefiniteLengths
    }
}

/// Sizes of what a thread keeps between calls.
@usableFromInline
enum ScratchLimits {
    /// The output buffer a thread starts with.
    static let bufferBytesInitial = 1024
    /// A larger buffer is given back after the call that needed it.
    static let bufferBytesKeptMax = 64 << 10
    /// Index entries a cached map cursor keeps.
    static let indexEntriesKeptMax = 4096
    /// Keys of open maps a thread has room for at first.
    static let writtenKeysInitial = 256
    /// More room than this is given back after the call that needed it.
    static let writtenKeysKeptMax = 4096
    /// Elements of an array that room is made for before they are decoded.
    @inlinable static var elementsReserved: Int { 256 }
    /// Containers that may be out before a look is taken at which are still held.
    static let lentSlotsInitial = 64
}
