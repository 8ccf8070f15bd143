/// The bounds a participant keeps whatever it is asked.
public enum ParticipantLimits {
    /// Rows erased by one chunk; a request for more gets this many.
    public static let rowsPerChunkMax = 5_000
    /// The highest number of a chunk; 5,000 million rows at the usual chunk.
    public static let chunkNumberMax = 10_000_000
}
