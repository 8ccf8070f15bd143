public import ContractLifecycle
public import Identifiers
public import RPC

/// Asks for the state in force of every contract that is not simply active, a page at a time.
///
/// A participant asks at its start, so that a gate never stays older than the outage that made it
/// miss a command.
@Message
public struct ListContractStates: RPCMethod {
    public typealias Service = Contracts
    public static let name = "ListContractStates"
    public static let repetition = Repetition.safe
    /// Commands at most in one reply.
    public static let commandsMax = 500

    /// The last contract of the page before; `nil` for the first page.
    public var after: ContractID?

    /// A page, in the order of contract ids.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// The states in force.
        public var commands: [LifecycleCommand]
        /// Whether there are no more.
        public var isLast: Bool

        /// Makes the reply.
        public init(commands: [LifecycleCommand], isLast: Bool) {
            self.commands = commands
            self.isLast = isLast
        }

        enum CodingKeys: Int, CodingKey {
            case commands = 1
            case isLast = 2
        }
    }

    /// Makes the request.
    public init(after: ContractID? = nil) { self.after = after }

    enum CodingKeys: Int, CodingKey { case after = 1 }
}
