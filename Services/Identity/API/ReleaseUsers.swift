public import ContractLifecycle
public import Identifiers
public import RPC

/// Deletes users whose last contract is gone, with all that identity keeps of them.
///
/// The contracts service decides who that is; users already gone are counted as nothing. A repeated
/// request with the same operation and users gives the first answer again. Protected users (Tenant
/// Admins) are refused with `failed_precondition` and nothing changes.
@Message
public struct ReleaseUsers: RPCMethod {
    public typealias Service = Identity
    public static let name = "ReleaseUsers"
    public static let repetition = Repetition.idempotent
    /// Users at most in one request; more are refused with `invalid_argument`.
    public static let usersMax = 1_000

    /// The deletion or removal this is part of.
    public var operation: OperationID
    /// The users.
    public var users: [UserID]

    /// What was deleted.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// Rows deleted, by kind, children before parents: passwords, api_keys, sessions, ssh_keys,
        /// users.
        public var deleted: [KindCount]

        /// Makes the reply.
        public init(deleted: [KindCount]) { self.deleted = deleted }

        enum CodingKeys: Int, CodingKey { case deleted = 1 }
    }

    /// Makes the request.
    public init(operation: OperationID, users: [UserID]) {
        self.operation = operation
        self.users = users
    }

    enum CodingKeys: Int, CodingKey {
        case operation = 1
        case users = 2
    }
}
