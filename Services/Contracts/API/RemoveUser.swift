public import Identifiers
public import RPC

/// Takes a user out of every contract of a tenant, so that identity can delete them.
///
/// Each membership goes by the rules a member is removed by: nothing is taken while one of them
/// stands against it, and the reply then names what does. Once all are gone the user is marked and
/// nobody can be about to add them anywhere. A repeated request goes on where the first stopped.
@Message
public struct RemoveUser: RPCMethod {
    public typealias Service = Contracts
    public static let name = "RemoveUser"
    public static let repetition = Repetition.idempotent
    /// Obstacles at most in a reply; ``Reply/refused(_:total:)`` has the number of all.
    public static let obstaclesMax = 100

    /// The user.
    public var user: UserID
    /// The tenant of the user.
    public var tenant: TenantID
    /// The Tenant Admin who deletes the user.
    public var actor: UserID
    /// What the public request is called in logs and in the audit trail.
    public var requestID: String

    /// What came of it.
    @Message
    public enum Reply: Codable, Hashable, Sendable {
        /// The user is a member of nothing and marked.
        case removed
        /// These memberships cannot be taken away.
        case refused([Obstacle], total: Int)
    }

    /// A membership that cannot be taken away.
    @Message
    public struct Obstacle: Codable, Hashable, Sendable {
        /// Why a membership stays.
        @Message
        public enum Reason: String, Codable, Hashable, Sendable {
            /// The user is the last owner and others are members.
            case lastOwner = "last_owner"
            /// The contract is suspended, or about to be.
            case suspended
            /// The contract is being deleted.
            case deleting
        }

        /// The contract.
        public var contract: ContractID
        /// Why.
        public var reason: Reason

        /// Makes an obstacle.
        public init(contract: ContractID, reason: Reason) {
            self.contract = contract
            self.reason = reason
        }

        enum CodingKeys: Int, CodingKey {
            case contract = 1
            case reason = 2
        }
    }

    /// Makes the request.
    public init(user: UserID, tenant: TenantID, actor: UserID, requestID: String) {
        self.user = user
        self.tenant = tenant
        self.actor = actor
        self.requestID = requestID
    }

    enum CodingKeys: Int, CodingKey {
        case user = 1
        case tenant = 2
        case actor = 3
        case requestID = 4
    }
}
