package import JSONAPI

/// Shows what deleting a contract would do.
package enum DeletionPlanText {
    /// What would be erased, a line a kind; then what stands against it, and who would leave.
    package static func lines(of plan: JSON) -> [String] {
        let attributes = plan["attributes"]
        var erased: [JSON] = []
        for service in attributes?["services"]?.array ?? [] {
            for kind in service["kinds"]?.array ?? [] {
                erased.append([
                    "attributes": [
                        "service": service["service"] ?? .null, "kind": kind["kind"] ?? .null,
                        "count": kind["count"] ?? .null,
                    ]
                ])
            }
        }
        var lines = ResourceTable(["service", "kind", "count"]).lines(of: erased)
        lines.append("")
        lines.append(
            "users who would leave the platform: \(Self.count("users_leaving_total", plan))")
        let blockers = attributes?["blockers"]?.array ?? []
        guard !blockers.isEmpty else { return lines + ["nothing stands against it"] }
        let total = Self.count("blockers_total", plan)
        lines.append("flows of other contracts that use its components: \(total)")
        let table = ResourceTable(["flow", "component"])
        return lines + table.lines(of: blockers.map { ["attributes": $0] })
    }

    private static func count(_ name: String, _ plan: JSON) -> String {
        plan["attributes"]?[name]?.text ?? "-"
    }
}

/// Shows why a member may do something.
package enum PermissionText {
    /// A line a permission, with the roles that grant it.
    package static func lines(of explanation: JSON) -> [String] {
        let attributes = explanation["attributes"]
        let permissions = attributes?["permissions"]?.array ?? []
        var lines = ResourceTable(["permission", "granted_by"]).lines(
            of: permissions.map { ["attributes": $0] })
        if attributes?["tenant_admin"] == true {
            lines += ["", "The user is a Tenant Admin."]
        }
        if attributes?["contract_allows_changes"] == false {
            let status = attributes?["contract_status"]?.string ?? ""
            lines += ["", "The contract is \(status): nothing that changes it is allowed now."]
        }
        return lines
    }
}
