public import ContractLifecycle
public import Identifiers
public import Storage

/// A participant's memory of the newest command for each contract, in its own database.
///
/// A contract without a row is active. The row of a deleted contract stays for ever as the
/// tombstone that keeps late commands from bringing anything back; it holds no reason then.
public struct ContractGates: ContractAuthority {
    /// What a participant does in the transaction that puts a new state into force.
    ///
    /// Effects on anything but the database belong into `afterCommit`.
    public typealias Effect =
        @Sendable (LifecycleCommand, any WriteTransaction) throws -> Void

    private let effect: Effect

    /// Makes the gates; `effect` runs once for each command that is applied, never for a repeated
    /// or superseded one.
    public init(effect: @escaping Effect = { _, _ in }) { self.effect = effect }

    /// The table; a participant includes it in its own list of migrations.
    public static let migration = Migration(
        "contract_gate",
        [
            """
            CREATE TABLE contract_gate (
                contract_id TEXT PRIMARY KEY NOT NULL,
                epoch INTEGER NOT NULL CHECK (epoch >= 0),
                state TEXT NOT NULL CHECK (state IN ('active', 'suspending', 'suspended',
                    'preparing', 'scheduled', 'deleting', 'deleted')),
                operation_id TEXT,
                digest BLOB NOT NULL CHECK (length(digest) = 32),
                reason TEXT,
                since INTEGER NOT NULL
            )
            """
        ])

    /// Puts a command into force by the epoch rule and says what became of it.
    ///
    /// When a contract becomes `deleted` here, the record of its purge goes with it.
    public func apply(
        _ command: LifecycleCommand, in transaction: any WriteTransaction
    ) throws -> LifecycleAcknowledgement {
        let digest = try command.digest()
        let decision = ContractGate.decide(
            command, digest: digest,
            remembered: try self.gate(of: command.contract, in: transaction))
        guard decision == .apply else { return decision.acknowledgement }
        let isDeleted = command.state == .deleted
        try transaction.execute(
            """
            INSERT INTO contract_gate
                (contract_id, epoch, state, operation_id, digest, reason, since)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (contract_id) DO UPDATE SET epoch = excluded.epoch,
                state = excluded.state, operation_id = excluded.operation_id,
                digest = excluded.digest, reason = excluded.reason, since = excluded.since
            """,
            [
                command.contract.text, command.epoch, command.state.rawValue,
                command.operation?.text, digest, isDeleted ? nil : command.reason, command.since,
            ])
        if isDeleted, let operation = command.operation {
            try PurgeProgress.forget(operation, in: transaction)
        }
        try self.effect(command, transaction)
        return .applied
    }

    /// What is remembered of a contract; `nil` when nothing is.
    public func gate(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws -> ContractGate? {
        let row = try transaction.row(
            """
            SELECT epoch, state, operation_id, digest, reason, since FROM contract_gate
            WHERE contract_id = ?
            """, [contract.text])
        guard let row else { return nil }
        guard let state = ContractState(rawValue: try row.text("state")) else {
            throw StorageError(.corrupt, "contract_gate.state holds an unknown word")
        }
        return ContractGate(
            epoch: try row.int64("epoch"), state: state,
            operation: try row.optionalText("operation_id").flatMap { OperationID($0) },
            digest: try row.blob("digest"), reason: try row.optionalText("reason"),
            since: try row.int64("since"))
    }

    /// How a contract stands by its gate.
    public func standing(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws -> ContractStanding {
        guard let gate = try self.gate(of: contract, in: transaction) else {
            return .neverHeardOf
        }
        return ContractStanding(
            state: gate.state, epoch: gate.epoch, operation: gate.operation, reason: gate.reason,
            since: gate.since)
    }
}
