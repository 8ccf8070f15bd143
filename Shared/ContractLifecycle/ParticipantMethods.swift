public import Identifiers
public import RPC

/// Puts a contract's state into force at a participant.
@Message
public struct ApplyContractState<Participant: RPCService>: RPCMethod {
    public typealias Service = Participant
    public typealias Reply = LifecycleAcknowledgement
    public static var name: String { "ApplyContractState" }
    public static var repetition: Repetition { .idempotent }

    /// The state and its epoch.
    public var command: LifecycleCommand

    /// Makes the request.
    public init(_ command: LifecycleCommand) { self.command = command }

    enum CodingKeys: Int, CodingKey { case command = 1 }
}

/// Erases up to a number of rows of one kind of a contract that is being deleted.
///
/// The rows and the record of their number change in one transaction, so asking for the same chunk
/// again gives the same answer and counts stay exact whatever crashes. Refused with
/// `failed_precondition` unless the gate says `deleting` at this epoch and operation.
@Message
public struct PurgeChunk<Participant: RPCService>: RPCMethod {
    public typealias Service = Participant
    public static var name: String { "PurgeChunk" }
    public static var repetition: Repetition { .idempotent }

    /// The deletion.
    public var operation: OperationID
    /// The contract being erased.
    public var contract: ContractID
    /// The epoch of `deleting`.
    public var epoch: Int64
    /// The kind, by the name that `CountKinds` gives it.
    public var kind: String
    /// The chunk's number within the kind, from 0.
    public var chunk: Int
    /// Rows at most; the participant may take fewer.
    public var rowsMax: Int

    /// What a chunk erased.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// Rows erased by this chunk.
        public var deleted: Int
        /// Whether nothing of the kind is left.
        public var isLast: Bool

        /// Makes the reply.
        public init(deleted: Int, isLast: Bool) {
            self.deleted = deleted
            self.isLast = isLast
        }

        enum CodingKeys: Int, CodingKey {
            case deleted = 1
            case isLast = 2
        }
    }

    /// Makes the request.
    public init(
        operation: OperationID, contract: ContractID, epoch: Int64, kind: String, chunk: Int,
        rowsMax: Int
    ) {
        self.operation = operation
        self.contract = contract
        self.epoch = epoch
        self.kind = kind
        self.chunk = chunk
        self.rowsMax = rowsMax
    }

    enum CodingKeys: Int, CodingKey {
        case operation = 1
        case contract = 2
        case epoch = 3
        case kind = 4
        case chunk = 5
        case rowsMax = 6
    }
}

/// Counts what a participant holds of a contract, by kind, in the order to be purged.
@Message
public struct CountKinds<Participant: RPCService>: RPCMethod {
    public typealias Service = Participant
    public static var name: String { "CountKinds" }
    public static var repetition: Repetition { .safe }

    /// The contract.
    public var contract: ContractID

    /// How many there are of each kind.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// The kinds, children before parents.
        public var kinds: [KindCount]

        /// Makes the reply.
        public init(kinds: [KindCount]) { self.kinds = kinds }

        enum CodingKeys: Int, CodingKey { case kinds = 1 }
    }

    /// Makes the request.
    public init(contract: ContractID) { self.contract = contract }

    enum CodingKeys: Int, CodingKey { case contract = 1 }
}

/// How many rows there are of a kind.
@Message
public struct KindCount: Codable, Hashable, Sendable {
    /// The kind's name.
    public var kind: String
    /// Rows.
    public var count: Int

    /// Makes a count.
    public init(kind: String, count: Int) {
        self.kind = kind
        self.count = count
    }

    enum CodingKeys: Int, CodingKey {
        case kind = 1
        case count = 2
    }
}

/// Makes sure that erased bytes are gone from the participant's files, the write-ahead log included.
///
/// Answered once the log is truncated. Costs a checkpoint; asked once a deletion.
@Message
public struct SealKinds<Participant: RPCService>: RPCMethod {
    public typealias Service = Participant
    public static var name: String { "SealKinds" }
    public static var repetition: Repetition { .idempotent }

    /// The deletion.
    public var operation: OperationID
    /// The contract.
    public var contract: ContractID

    /// The files hold no erased bytes.
    @Message
    public struct Reply: Codable, Hashable, Sendable {
        /// Makes the reply.
        public init() {}
    }

    /// Makes the request.
    public init(operation: OperationID, contract: ContractID) {
        self.operation = operation
        self.contract = contract
    }

    enum CodingKeys: Int, CodingKey {
        case operation = 1
        case contract = 2
    }
}
