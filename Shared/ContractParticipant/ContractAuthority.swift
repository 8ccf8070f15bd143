public import Identifiers
public import Storage

/// Knows how contracts stand, in the transaction of whoever asks.
///
/// Participants ask their gates (``ContractGates``); the service that owns contracts answers from
/// its own rows. Asking in another transaction than the one that acts proves nothing.
public protocol ContractAuthority: Sendable {
    /// How a contract stands now.
    func standing(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws -> ContractStanding
}

extension ContractAuthority {
    /// Refuses what the contract's state does not allow.
    ///
    /// - Throws: ``ContractGateRefusal``, and what ``standing(of:in:)`` throws.
    public func check(
        _ contract: ContractID, allows use: ContractUse, in transaction: any ReadTransaction
    ) throws {
        try self.standing(of: contract, in: transaction).check(contract, allows: use)
    }
}
