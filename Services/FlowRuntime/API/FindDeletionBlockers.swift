public import Identifiers
public import RPC

/// Asks what would stand against deleting a contract at this moment; changes nothing.
///
/// ``PrepareDeletion`` decides: between the two requests uses can begin and end.
@Message
public struct FindDeletionBlockers: RPCMethod {
    public typealias Service = FlowRuntime
    public static let name = "FindDeletionBlockers"
    public static let repetition = Repetition.safe

    /// The contract.
    public var contract: ContractID

    /// The flows of other contracts that use components of this one.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// The first uses, at most ``PrepareDeletion/blockersMax``.
        public var blockers: [PrepareDeletion.Blocker]
        /// How many there are.
        public var total: Int

        /// Makes the reply.
        public init(blockers: [PrepareDeletion.Blocker], total: Int) {
            self.blockers = blockers
            self.total = total
        }

        enum CodingKeys: Int, CodingKey {
            case blockers = 1
            case total = 2
        }
    }

    /// Makes the request.
    public init(contract: ContractID) { self.contract = contract }

    enum CodingKeys: Int, CodingKey { case contract = 1 }
}
