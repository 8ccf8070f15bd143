/// Bounds that are the same whatever carries a call.
public enum RPCLimits {
    /// Metadata of one direction: its names and values as they are sent.
    public static let metadataBytesMax = 8 * 1024
}
