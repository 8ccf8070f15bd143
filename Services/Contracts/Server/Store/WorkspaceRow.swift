import Identifiers
import Storage

/// A workspace as it is stored.
struct WorkspaceRow: Hashable, Sendable {
    /// The workspace.
    var id: WorkspaceID
    /// The contract it belongs to.
    var contract: ContractID
    /// What it is called.
    var name: String
    /// What kind it is.
    var type: Kind
    /// Grows with each change of the fields above.
    var version: Int64 = 1
    /// When it was made, in milliseconds since 1970.
    var createdAt: Int64
    /// When it was last changed, in milliseconds since 1970.
    var updatedAt: Int64

    /// What kind a workspace is.
    enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Flows run without an end.
        case full
        /// Flows run for a time, for trying out.
        case limited
    }

    static let columns = """
        workspace.id, workspace.contract_id, workspace.name, workspace.type, workspace.version,
        workspace.created_at, workspace.updated_at
        """

    init(id: WorkspaceID, contract: ContractID, name: String, type: Kind, createdAt: Int64) {
        self.id = id
        self.contract = contract
        self.name = name
        self.type = type
        self.createdAt = createdAt
        self.updatedAt = createdAt
    }

    init(_ row: SQLRow) throws(StorageError) {
        self.id = try row.identifier("id")
        self.contract = try row.identifier("contract_id")
        self.name = try row.text("name")
        guard let type = Kind(rawValue: try row.text("type")) else {
            throw StorageError(.corrupt, "workspace.type holds an unknown word")
        }
        self.type = type
        self.version = try row.int64("version")
        self.createdAt = try row.int64("created_at")
        self.updatedAt = try row.int64("updated_at")
    }
}
