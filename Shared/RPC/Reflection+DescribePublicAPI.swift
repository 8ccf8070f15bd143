/// Asks for the description of what the process offers beside RPC: an OpenAPI 3.1 document.
///
/// Answered with `not_found` by a process that has no public operations.
@Message
public struct DescribePublicAPI: RPCMethod {
    public typealias Service = Reflection
    public static let name = "DescribePublicAPI"
    public static let repetition = Repetition.safe

    /// The description.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// The document as JSON text in UTF-8.
        public var document: [UInt8]

        /// Makes the reply.
        public init(document: [UInt8]) { self.document = document }
    }

    /// Makes the request.
    public init() {}
}
