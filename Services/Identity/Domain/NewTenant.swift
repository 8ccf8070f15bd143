/// A tenant that is to be made, with the first who administers it, checked.
package struct NewTenant: Sendable {
    /// What it is called.
    package let name: String
    /// Its first Tenant Admin.
    package let admin: NewUser

    /// Checks all parts; `admin` makes the administrator.
    ///
    /// - Throws: ``IdentityRefusal/invalid(_:)`` with everything that is wrong at once.
    package init(
        name: String, admin: () throws(IdentityRefusal) -> NewUser
    ) throws(IdentityRefusal) {
        var faults: [MemberFault] = []
        if let reason = NewUser.fault(ofName: name) {
            faults.append(MemberFault("/data/attributes/name", reason))
        }
        do throws(IdentityRefusal) {
            self.admin = try admin()
        } catch {
            guard case .invalidUser(let wrong) = error else { throw error }
            let wrongAdmin = wrong.map {
                MemberFault("/data/attributes/admin/\($0.field.rawValue)", $0.reason)
            }
            throw .invalid(faults + wrongAdmin)
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        self.name = name
    }
}
