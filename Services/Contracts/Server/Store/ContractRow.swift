import ContractLifecycle
import ContractsDomain
import Identifiers
import Storage

/// A contract as it is stored.
struct ContractRow: Hashable, Sendable {
    /// What it is called.
    var name: String
    /// The user who supports this customer.
    var supportUser: UserID?
    /// The roles that may be given; empty means all of the tenant's.
    var availableRoles: [RoleReference]
    /// Grows with each change of the fields above.
    var version: Int64
    /// When it was made, in milliseconds since 1970.
    var createdAt: Int64
    /// When it was last changed, in milliseconds since 1970.
    var updatedAt: Int64
    /// Its state and what belongs to it.
    var lifecycle: Lifecycle

    /// The contract.
    var id: ContractID { self.lifecycle.contract }

    static let columns = """
        contract.id, contract.tenant_id, contract.name, contract.support_user_id,
        contract.available_roles, contract.version, contract.created_at, contract.updated_at,
        contract.epoch, contract.state, contract.operation_id, contract.reason, contract.since,
        contract.until, contract.prior_state, contract.prior_operation_id, contract.prior_reason,
        contract.prior_since, contract.prior_until, contract.deletion_requested_by
        """

    init(
        name: String, supportUser: UserID?, availableRoles: [RoleReference], createdAt: Int64,
        lifecycle: Lifecycle
    ) {
        self.name = name
        self.supportUser = supportUser
        self.availableRoles = availableRoles
        self.version = 1
        self.createdAt = createdAt
        self.updatedAt = createdAt
        self.lifecycle = lifecycle
    }

    init(_ row: SQLRow) throws(StorageError) {
        self.name = try row.text("name")
        self.supportUser = try row.optionalIdentifier("support_user_id")
        self.availableRoles = try RoleText.references(try row.text("available_roles"))
        self.version = try row.int64("version")
        self.createdAt = try row.int64("created_at")
        self.updatedAt = try row.int64("updated_at")
        self.lifecycle = Lifecycle(
            contract: try row.identifier("id"), tenant: try row.identifier("tenant_id"),
            epoch: try row.int64("epoch"), phase: try Self.phase(row, ""),
            prior: try row.optionalText("prior_state") == nil ? nil : Self.phase(row, "prior_"),
            deletionRequestedBy: try row.optionalIdentifier("deletion_requested_by"))
    }

    private static func phase(
        _ row: SQLRow, _ prefix: String
    ) throws(StorageError) -> Lifecycle.Phase {
        guard let state = ContractState(rawValue: try row.text("\(prefix)state")) else {
            throw StorageError(.corrupt, "column \"\(prefix)state\" holds an unknown word")
        }
        return Lifecycle.Phase(
            state, operation: try row.optionalIdentifier("\(prefix)operation_id"),
            reason: try row.optionalText("\(prefix)reason"),
            since: try row.int64("\(prefix)since"),
            until: try row.optionalInt64("\(prefix)until"))
    }
}
