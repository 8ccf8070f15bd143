import Identifiers
import Storage

/// A component as stored.
struct ComponentRow: Hashable, Sendable {
    /// Who may use a component in flows.
    enum Access: String, CaseIterable, Hashable, Sendable {
        /// Everybody of the contract, despite the name.
        case team
        /// Every contract of the tenant.
        case tenant
    }

    var id: ComponentID
    var contract: ContractID
    var tenant: TenantID
    var team: TeamID
    /// What the team was called when the component was made; commands go on naming it so.
    var teamName: String
    var name: String
    var description: String?
    var access: Access
    /// Who made it.
    var user: UserID
    /// Grows with each change that people make.
    var revision: Int64
    /// The number of the version made last, which is never given again; 0 before the first.
    var lastVersion: Int
    var createdAt: Int64
    var updatedAt: Int64

    static let columns = """
        component.id, component.contract_id, component.tenant_id, component.team_id,
        component.team_name, component.name, component.description, component.access,
        component.user_id, component.revision, component.last_version, component.created_at,
        component.updated_at
        """
}

extension ComponentRow {
    init(_ row: SQLRow) throws(StorageError) {
        self.init(
            id: try row.identifier("id"), contract: try row.identifier("contract_id"),
            tenant: try row.identifier("tenant_id"), team: try row.identifier("team_id"),
            teamName: try row.text("team_name"), name: try row.text("name"),
            description: try row.optionalText("description"), access: try row.word("access"),
            user: try row.identifier("user_id"), revision: try row.int64("revision"),
            lastVersion: try row.int("last_version"), createdAt: try row.int64("created_at"),
            updatedAt: try row.int64("updated_at"))
    }
}

/// A version of a component as stored, without its files.
struct ComponentVersionRow: Hashable, Sendable {
    var id: ComponentVersionID
    var component: ComponentID
    var contract: ContractID
    var user: UserID
    /// From 1; a number is never given again.
    var number: Int
    /// `component.json`.
    var descriptor: String
    var files: Int
    var bytes: Int
    var createdAt: Int64

    static let columns = """
        component_version.id, component_version.component_id, component_version.contract_id,
        component_version.user_id, component_version.number, component_version.descriptor,
        component_version.files, component_version.bytes, component_version.created_at
        """
}

extension ComponentVersionRow {
    init(_ row: SQLRow) throws(StorageError) {
        self.init(
            id: try row.identifier("id"), component: try row.identifier("component_id"),
            contract: try row.identifier("contract_id"), user: try row.identifier("user_id"),
            number: try row.int("number"), descriptor: try row.text("descriptor"),
            files: try row.int("files"), bytes: try row.int("bytes"),
            createdAt: try row.int64("created_at"))
    }
}
