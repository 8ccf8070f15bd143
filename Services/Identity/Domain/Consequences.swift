package import Identifiers

/// A membership that keeps a user from being deleted.
package struct StayingMembership: Hashable, Sendable {
    /// Why it stays.
    package enum Reason: Hashable, Sendable {
        /// The user is the last owner and others are members.
        case lastOwner
        /// The contract is suspended, or about to be.
        case suspended
        /// The contract is being deleted.
        case deleting
    }

    /// The contract.
    package var contract: ContractID
    /// Why it stays.
    package var reason: Reason

    /// Makes a value.
    package init(contract: ContractID, reason: Reason) {
        self.contract = contract
        self.reason = reason
    }
}

/// A role that cannot be removed because it is in use.
package struct RoleUse: Hashable, Sendable {
    /// Where the role is held.
    package var scope: String
    /// Its name there.
    package var name: String
    /// Members that hold it.
    package var members: Int
    /// Contracts whose available roles list it.
    package var contracts: Int

    /// Makes a value.
    package init(scope: String, name: String, members: Int, contracts: Int) {
        self.scope = scope
        self.name = name
        self.members = members
        self.contracts = contracts
    }
}
