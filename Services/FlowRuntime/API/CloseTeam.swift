public import Identifiers
public import RPC

/// Lets no component be made in a developer team any more, unless it has some already.
///
/// Asked before a team is deleted: one that has components stays. Of a contract that is being deleted
/// nothing changes: its purge takes everything.
@Message
public struct CloseTeam: RPCMethod {
    public typealias Service = FlowRuntime
    public static let name = "CloseTeam"
    public static let repetition = Repetition.idempotent
    /// Components listed at most; the total is always given.
    public static let componentsMax = 100

    /// The contract the team belongs to.
    public var contract: ContractID
    /// The team.
    public var team: TeamID

    /// Whether the team may go.
    @Message
    public enum Reply: Codable, Hashable, Sendable {
        /// It has no components, and none is made in it from now on.
        case closed
        /// It has these components; nothing changed.
        case inUse(components: [ComponentID], total: Int)
    }

    /// Makes the request.
    public init(contract: ContractID, team: TeamID) {
        self.contract = contract
        self.team = team
    }

    enum CodingKeys: Int, CodingKey {
        case contract = 1
        case team = 2
    }
}
