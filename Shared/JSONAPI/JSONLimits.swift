/// The limits of the JSON reader; sizes are the caller's business, nesting is not.
public enum JSONLimits {
    /// Arrays and objects inside one another; one more is refused.
    public static let depthMax = 64
    /// Bytes of one number's text; longer numbers are refused.
    public static let numberBytesMax = 128
    /// Members up to which names are compared one by one before a set is used.
    static let linearMembersMax = 12
}
