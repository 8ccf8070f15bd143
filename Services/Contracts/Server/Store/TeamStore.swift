import ContractsDomain
import Identifiers
import JSONAPI
import Storage

/// A developer team as it is stored.
struct TeamRow: Hashable, Sendable {
    /// The team.
    var id: TeamID
    /// The contract it belongs to.
    var contract: ContractID
    /// What it is called; no two teams of a contract have one name.
    var name: String
    /// Grows with each change of the name.
    var version: Int64 = 1
    /// When it was made, in milliseconds since 1970.
    var createdAt: Int64
    /// When it was last changed, in milliseconds since 1970.
    var updatedAt: Int64

    static let columns = """
        team.id, team.contract_id, team.name, team.version, team.created_at, team.updated_at
        """

    init(id: TeamID, contract: ContractID, name: String, createdAt: Int64) {
        self.id = id
        self.contract = contract
        self.name = name
        self.createdAt = createdAt
        self.updatedAt = createdAt
    }

    init(_ row: SQLRow) throws(StorageError) {
        self.id = try row.identifier("id")
        self.contract = try row.identifier("contract_id")
        self.name = try row.text("name")
        self.version = try row.int64("version")
        self.createdAt = try row.int64("created_at")
        self.updatedAt = try row.int64("updated_at")
    }
}

/// The table `team`.
enum TeamStore {
    static func find(
        _ team: TeamID, in transaction: any ReadTransaction
    ) throws(StorageError) -> TeamRow? {
        try transaction.row(
            "SELECT \(TeamRow.columns) FROM team WHERE team.id = ?", [team]
        ).map { row throws(StorageError) in try TeamRow(row) }
    }

    /// Whether a team of a contract other than this one has a name.
    static func isTaken(
        _ name: String, in contract: ContractID, except team: TeamID,
        _ transaction: any ReadTransaction
    ) throws(StorageError) -> Bool {
        try transaction.row(
            "SELECT team.id FROM team WHERE contract_id = ? AND name = ? AND id <> ?",
            [contract, name, team]) != nil
    }

    static func insert(
        _ team: TeamRow, of tenant: TenantID, by user: UserID,
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO team
                (id, contract_id, tenant_id, name, version, created_by, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                team.id, team.contract, tenant, team.name, team.version, user, team.createdAt,
                team.updatedAt,
            ])
    }

    /// Saves the name.
    static func update(
        _ team: TeamRow, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "UPDATE team SET name = ?, version = ?, updated_at = ? WHERE id = ?",
            [team.name, team.version, team.updatedAt, team.id])
    }

    /// Deletes a team that nobody is in any more.
    static func delete(
        _ team: TeamID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute("DELETE FROM team WHERE id = ?", [team])
    }

    /// Which teams a list shows, and in which order.
    struct Filter {
        /// Whose: those a user is in; `nil` for all there are.
        var user: UserID?
        /// Only those of this contract.
        var contract: ContractID?
        /// Those of this tenant, when neither is named.
        var tenant: TenantID
        /// The order.
        var order = ListOrder()

        /// The rest of the statement after its columns, with its arguments.
        ///
        /// The narrowest that is known leads: a user and a contract belong to one tenant.
        var sql: (text: String, arguments: [any SQLConvertible]) {
            var text = "FROM team"
            var conditions: [String] = []
            var arguments: [any SQLConvertible] = []
            if let user = self.user {
                text += " JOIN team_member ON team_member.team_id = team.id"
                conditions.append("team_member.user_id = ?")
                arguments.append(user)
            }
            if let contract = self.contract {
                conditions.append("team.contract_id = ?")
                arguments.append(contract)
            }
            if conditions.isEmpty {
                conditions.append("team.tenant_id = ?")
                arguments.append(self.tenant)
            }
            return (text + " WHERE " + conditions.joined(separator: " AND "), arguments)
        }
    }

    /// A page of teams with their number.
    static func page(
        _ filter: Filter, _ page: Page, in transaction: any ReadTransaction
    ) throws(StorageError) -> (teams: [TeamRow], total: Int) {
        let (text, arguments) = filter.sql
        let id = filter.user == nil ? "team.id" : "team_member.team_id"
        let order = filter.order.sql(name: "team.name", id: id)
        var teams: [TeamRow] = []
        for row in try transaction.rows(
            "SELECT \(TeamRow.columns) \(text) ORDER BY \(order) LIMIT ? OFFSET ?",
            arguments + [page.size, page.offset])
        {
            teams.append(try TeamRow(row))
        }
        let total = try transaction.row("SELECT COUNT(*) AS found \(text)", arguments)
        return (teams, try total?.int("found") ?? 0)
    }
}
