import ContractsDomain
import Identifiers
import Storage

/// Where the roles of a tenant are in use.
///
/// Roles are counted by the combinations they are held in: there are few, however many hold them.
enum RoleUseStore {
    /// Roles that are held or named together, and how often.
    struct Combination {
        var roles: [RoleReference]
        var count: Int
    }

    /// What members of contracts and of workspaces hold.
    static func held(
        in tenant: TenantID, _ transaction: any ReadTransaction
    ) throws(StorageError) -> [Combination] {
        let contracts = try transaction.rows(
            """
            SELECT contract_member.roles AS roles, COUNT(*) AS found
            FROM contract JOIN contract_member ON contract_member.contract_id = contract.id
            WHERE contract.tenant_id = ? GROUP BY contract_member.roles
            """, [tenant])
        let workspaces = try transaction.rows(
            """
            SELECT workspace_member.roles AS roles, COUNT(*) AS found
            FROM contract JOIN workspace_member ON workspace_member.contract_id = contract.id
            WHERE contract.tenant_id = ? GROUP BY workspace_member.roles
            """, [tenant])
        return try self.combinations(contracts, .contracts)
            + self.combinations(workspaces, .workspaces)
    }

    /// What contracts list as available.
    static func available(
        in tenant: TenantID, _ transaction: any ReadTransaction
    ) throws(StorageError) -> [Combination] {
        var combinations: [Combination] = []
        for row in try transaction.rows(
            """
            SELECT available_roles, COUNT(*) AS found FROM contract
            WHERE tenant_id = ? GROUP BY available_roles
            """, [tenant])
        {
            combinations.append(
                Combination(
                    roles: try RoleText.references(try row.text("available_roles")),
                    count: try row.int("found")))
        }
        return combinations
    }

    /// A pending invite and what it names.
    struct Named {
        var invite: InviteID
        var contract: ContractID
        var roles: [RoleReference]
    }

    /// The pending invites after one, by id.
    static func pending(
        in tenant: TenantID, after invite: InviteID?, max: Int,
        _ transaction: any ReadTransaction
    ) throws(StorageError) -> [Named] {
        var named: [Named] = []
        for row in try transaction.rows(
            """
            SELECT invite.id AS id, invite.contract_id AS contract_id, invite.roles AS roles,
                invite.workspace_roles AS workspace_roles
            FROM contract JOIN invite ON invite.contract_id = contract.id
            WHERE contract.tenant_id = ? AND invite.accepted_by IS NULL AND invite.id > ?
            ORDER BY invite.id LIMIT ?
            """, [tenant, invite?.text ?? "", max])
        {
            let inWorkspace = try row.optionalText("workspace_roles").map(RoleText.names) ?? []
            named.append(
                Named(
                    invite: try row.identifier("id"),
                    contract: try row.identifier("contract_id"),
                    roles: RoleText.names(try row.text("roles")).map {
                        RoleReference(.contracts, $0)
                    } + inWorkspace.map { RoleReference(.workspaces, $0) }))
        }
        return named
    }

    private static func combinations(
        _ rows: [SQLRow], _ scope: RoleScope
    ) throws(StorageError) -> [Combination] {
        var combinations: [Combination] = []
        for row in rows {
            combinations.append(
                Combination(
                    roles: RoleText.names(try row.text("roles")).map {
                        RoleReference(scope, $0)
                    }, count: try row.int("found")))
        }
        return combinations
    }
}
