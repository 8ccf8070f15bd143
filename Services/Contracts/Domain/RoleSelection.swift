/// Which roles may be given in a contract, and reading the roles that a request asks for.
package struct RoleSelection: Hashable, Sendable {
    /// Roles at most in one request.
    package static let rolesMax = 50

    /// What is wrong with one role of a list.
    package struct Fault: Error, Hashable, Sendable {
        /// The role's place in the list.
        package var index: Int
        /// What is wrong with it.
        package var detail: String
    }

    private let catalogue: RoleCatalogue
    private let available: Set<RoleReference>?

    /// Makes a selection from a tenant's catalogue and a contract's available roles; `nil` or none
    /// means all.
    package init(catalogue: RoleCatalogue, available: [RoleReference]?) {
        self.catalogue = catalogue
        self.available = available.flatMap { $0.isEmpty ? nil : Set($0) }
    }

    /// The available roles of a contract as they are stored: none means all, and any other set
    /// silently gains the owner of both scopes.
    ///
    /// Repeated roles count once; the order of the request is kept.
    package static func available(
        asked: [RoleReference], in catalogue: RoleCatalogue
    ) -> Result<[RoleReference], Faults> {
        var faults: [Fault] = []
        var roles: [RoleReference] = []
        for (index, word) in asked.enumerated() {
            if let role = catalogue.role(meantBy: word) {
                if !roles.contains(role) { roles.append(role) }
            } else {
                faults.append(
                    Fault(
                        index: index,
                        detail: "is not a role of the tenant in scope \(word.scope.rawValue)."))
            }
        }
        if !faults.isEmpty { return .failure(Faults(list: faults)) }
        if roles.isEmpty { return .success([]) }
        for scope in RoleScope.allCases where !roles.contains(.owner(of: scope)) {
            roles.append(.owner(of: scope))
        }
        return .success(roles)
    }

    /// The roles a member is to have, as they are stored.
    ///
    /// Letter case does not matter (the documents write `Admin` and `admin`); repeated roles count
    /// once. A role must be in the tenant's catalogue and among the contract's available ones.
    package func granted(
        _ asked: [String], in scope: RoleScope
    ) -> Result<[String], Faults> {
        var faults: [Fault] = []
        var names: [String] = []
        for (index, word) in asked.enumerated() {
            let name = word.lowercased()
            guard let role = self.catalogue.role(meantBy: RoleReference(scope, name)) else {
                faults.append(
                    Fault(
                        index: index,
                        detail: "is not a role of the tenant in scope \(scope.rawValue)."))
                continue
            }
            guard self.available?.contains(role) ?? true else {
                faults.append(Fault(index: index, detail: "is not available in this contract."))
                continue
            }
            if !names.contains(name) { names.append(name) }
        }
        return faults.isEmpty ? .success(names) : .failure(Faults(list: faults))
    }

    /// The catalogue's entries that may be given, in its order.
    package var entries: [RoleCatalogue.Entry] {
        self.catalogue.entries.filter { self.available?.contains($0.role) ?? true }
    }

    /// Everything that is wrong with a list of roles.
    package struct Faults: Error, Hashable, Sendable {
        /// The faults, by place; never empty.
        package var list: [Fault]
    }
}
