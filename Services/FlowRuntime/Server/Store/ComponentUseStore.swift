import FlowRuntimeAPI
import Identifiers
import Storage

/// That a version of a flow uses a version of a component.
struct ComponentUse: Hashable, Sendable {
    var component: ComponentID
    var version: ComponentVersionID
    /// The contract the component belongs to.
    var owner: ContractID
}

/// The table `component_use`: written with the flow's version, gone when that is erased.
enum ComponentUseStore {
    static func insert(
        _ uses: Set<ComponentUse>, of flow: FlowRow, in transaction: any WriteTransaction
    ) throws {
        for use in uses {
            try transaction.execute(
                """
                INSERT INTO component_use (flow_id, flow_version, version_id, contract_id,
                    component_id, owner_contract_id)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    flow.id.text, flow.version, use.version.text, flow.contract.text,
                    use.component.text, use.owner.text,
                ])
        }
    }

    /// The component versions that a version of a flow uses.
    static func versions(
        of flow: FlowID, version: Int, in transaction: any ReadTransaction
    ) throws -> Set<ComponentVersionID> {
        Set(
            try transaction.rows(
                "SELECT version_id FROM component_use WHERE flow_id = ? AND flow_version = ?",
                [flow.text, version]
            ).map { try $0.identifier("version_id") })
    }

    /// The flows that use a component, or only one version of it: some of them, and how many.
    static func flows(
        using component: ComponentID, version: ComponentVersionID? = nil, limit: Int,
        in transaction: any ReadTransaction
    ) throws -> (flows: [FlowID], total: Int) {
        let condition =
            version == nil ? "component_id = ?" : "component_id = ? AND version_id = ?"
        var arguments: [any SQLConvertible] = [component.text]
        if let version { arguments.append(version.text) }
        let flows = try transaction.rows(
            """
            SELECT DISTINCT flow_id FROM component_use WHERE \(condition)
            ORDER BY flow_id LIMIT ?
            """, arguments + [limit]
        ).map { row in try row.identifier("flow_id", as: FlowID.self) }
        let total = try transaction.row(
            "SELECT COUNT(DISTINCT flow_id) AS found FROM component_use WHERE \(condition)",
            arguments)
        return (flows, try total?.int("found") ?? 0)
    }

    /// What stands against deleting a contract: flows of others with the components they use, some
    /// of them, and how many.
    static func blockers(
        of contract: ContractID, limit: Int, in transaction: any ReadTransaction
    ) throws -> (blockers: [PrepareDeletion.Blocker], total: Int) {
        let uses = """
            SELECT DISTINCT flow_id, component_id FROM component_use
            WHERE owner_contract_id = ? AND owner_contract_id <> contract_id
            """
        let blockers = try transaction.rows(
            "\(uses) ORDER BY flow_id, component_id LIMIT ?", [contract.text, limit]
        ).map { row in
            PrepareDeletion.Blocker(
                flow: try row.identifier("flow_id"), component: try row.identifier("component_id"))
        }
        let total = try transaction.row(
            "SELECT COUNT(*) AS found FROM (\(uses)) AS uses", [contract.text])
        return (blockers, try total?.int("found") ?? 0)
    }
}
