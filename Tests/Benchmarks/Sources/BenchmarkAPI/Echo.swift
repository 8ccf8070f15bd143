public import RPC

/// The service that the benchmarks ask.
public enum BenchmarkService: RPCService {
    public static let name = "benchmark.v1"
    public static let methods: [RPCMethodDeclaration] = [.unary(Echo.self), .stream(Items.self)]
}

/// Asks for its payload back.
@Message
public struct Echo: RPCMethod {
    public typealias Service = BenchmarkService
    public static let name = "Echo"
    public static let repetition = Repetition.safe
    /// The payload.
    public var payload: String

    /// Makes a request.
    public init(payload: String) { self.payload = payload }

    enum CodingKeys: Int, CodingKey {
        case payload = 1
    }

    /// The payload again.
    @Message
    public struct Reply: Codable, Sendable {
        /// The payload.
        public var payload: String

        /// Makes a reply.
        public init(payload: String) { self.payload = payload }

        enum CodingKeys: Int, CodingKey {
            case payload = 1
        }
    }
}

/// Asks for so many items of 100 bytes.
@Message
public struct Items: RPCStreamMethod {
    public typealias Service = BenchmarkService
    public static let name = "Items"
    public static let repetition = Repetition.safe
    /// How many.
    public var count: Int

    /// Makes a request.
    public init(count: Int) { self.count = count }

    enum CodingKeys: Int, CodingKey {
        case count = 1
    }

    /// One item: its payload.
    public typealias Element = Echo.Reply
}
