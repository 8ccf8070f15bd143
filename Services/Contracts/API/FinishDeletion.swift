public import ContractLifecycle
public import Identifiers
public import RPC

/// Asks which users lost their last membership with a contract that is being deleted.
///
/// They were marked `removing` in the transaction that removed the membership, so nobody can add
/// them anywhere meanwhile.
@Message
public struct UsersToRelease: RPCMethod {
    public typealias Service = Contracts
    public static let name = "UsersToRelease"
    public static let repetition = Repetition.safe
    /// Users at most in one reply; ask again after confirming them.
    public static let usersMax = 500

    /// The deletion.
    public var operation: OperationID

    /// The users not yet confirmed as released.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// The users.
        public var users: [UserID]

        /// Makes the reply.
        public init(users: [UserID]) { self.users = users }

        enum CodingKeys: Int, CodingKey { case users = 1 }
    }

    /// Makes the request.
    public init(operation: OperationID) { self.operation = operation }

    enum CodingKeys: Int, CodingKey { case operation = 1 }
}

/// Says that identity has deleted users, so that their marks can go.
@Message
public struct ConfirmUsersReleased: RPCMethod {
    public typealias Service = Contracts
    public static let name = "ConfirmUsersReleased"
    public static let repetition = Repetition.idempotent

    /// The deletion.
    public var operation: OperationID
    /// The users.
    public var users: [UserID]

    /// The marks are gone.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// Makes the reply.
        public init() {}
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

/// Says that a contract is erased everywhere and its receipt stored: the contract becomes a
/// tombstone.
@Message
public struct FinishDeletion: RPCMethod {
    public typealias Service = Contracts
    public typealias Reply = LifecycleAcknowledgement
    public static let name = "FinishDeletion"
    public static let repetition = Repetition.idempotent

    /// The deletion.
    public var operation: OperationID
    /// The contract.
    public var contract: ContractID
    /// The epoch of `deleting`.
    public var epoch: Int64
    /// SHA-256 of the receipt's canonical JSON.
    public var receiptDigest: [UInt8]

    /// Makes the request.
    public init(
        operation: OperationID, contract: ContractID, epoch: Int64, receiptDigest: [UInt8]
    ) {
        self.operation = operation
        self.contract = contract
        self.epoch = epoch
        self.receiptDigest = receiptDigest
    }

    enum CodingKeys: Int, CodingKey {
        case operation = 1
        case contract = 2
        case epoch = 3
        case receiptDigest = 4
    }
}
