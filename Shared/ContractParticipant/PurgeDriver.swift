public import ContractLifecycle
public import Identifiers
import RPC
public import Storage

/// Erases a contract's rows chunk by chunk, and counts them, over a service's list of kinds.
///
/// A chunk checks the contract's standing, erases and records what it erased in one transaction:
/// counts are exact whatever crashes, and a repeated chunk gives its first answer.
public struct PurgeDriver: Sendable {
    /// The kinds, children before parents.
    public let kinds: [PurgeKind]
    private let database: any Database
    private let authority: any ContractAuthority

    /// Makes a driver.
    ///
    /// Two kinds of one name are a mistake in the program and stop it.
    public init(database: any Database, authority: any ContractAuthority, kinds: [PurgeKind]) {
        precondition(Set(kinds.map(\.name)).count == kinds.count, "two kinds have one name")
        self.kinds = kinds
        self.database = database
        self.authority = authority
    }

    /// Erases a chunk.
    ///
    /// - Throws: `RPCError` `invalid_argument` for a kind or number that cannot be;
    ///   ``ContractGateRefusal`` unless the contract is being deleted by this operation at this
    ///   epoch; `StorageError`.
    public func purge<Participant>(
        _ request: PurgeChunk<Participant>
    ) async throws -> PurgeChunk<Participant>.Reply {
        try await self.database.write { transaction in
            try self.purge(request, in: transaction)
        }
    }

    /// Erases a chunk as part of a transaction.
    public func purge<Participant>(
        _ request: PurgeChunk<Participant>, in transaction: any WriteTransaction
    ) throws -> PurgeChunk<Participant>.Reply {
        guard let kind = self.kinds.first(where: { $0.name == request.kind }) else {
            throw RPCError(.invalidArgument, "no kind is named \"\(request.kind)\" here")
        }
        guard request.rowsMax > 0, (0...ParticipantLimits.chunkNumberMax).contains(request.chunk)
        else {
            throw RPCError(.invalidArgument, "a chunk has a number from 0 and at least one row")
        }
        let operation = request.operation
        try self.authority.check(
            request.contract, allows: .purge(operation: operation, epoch: request.epoch),
            in: transaction)
        let earlier = try PurgeProgress.done(
            operation, kind: kind.name, chunk: request.chunk, in: transaction)
        if let earlier { return .init(deleted: earlier.deleted, isLast: earlier.isLast) }
        let rowsMax = min(request.rowsMax, ParticipantLimits.rowsPerChunkMax)
        let scope = PurgeScope(contract: request.contract, operation: operation)
        let deleted = try kind.purge(scope, rowsMax, transaction)
        let isLast = deleted < rowsMax
        try PurgeProgress.record(
            operation, kind: kind.name, chunk: request.chunk, deleted: deleted, isLast: isLast,
            in: transaction)
        return .init(deleted: deleted, isLast: isLast)
    }

    /// Counts every kind in one snapshot, in the order to be purged.
    public func count(_ contract: ContractID) async throws -> [KindCount] {
        try await self.database.read { transaction in
            try self.kinds.map { kind in
                KindCount(kind: kind.name, count: try kind.count(contract, transaction))
            }
        }
    }

    /// Leaves no erased byte in the database's files.
    public func seal() async throws { try await self.database.checkpointTruncate() }
}
