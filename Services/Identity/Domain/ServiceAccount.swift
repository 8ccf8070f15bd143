package import Identifiers

/// What somebody gave of a service account that is to be made, checked.
///
/// A service account is a user that is no person: it has a key and never a password or a session,
/// belongs to the tenant rather than to its last contract, and answers for no contract as owner.
package struct NewServiceAccount: Hashable, Sendable {
    /// What stands where a person has a family name.
    static let lastName = "(service account)"

    /// What it signs in by, with its key.
    package let email: EmailAddress
    /// What it is called.
    package let name: String

    /// Checks all parts.
    ///
    /// - Throws: ``IdentityRefusal/invalid(_:)`` with everything that is wrong at once.
    package init(email: String, name: String) throws(IdentityRefusal) {
        var faults: [MemberFault] = []
        let address = EmailAddress(email)
        if address == nil {
            faults.append(MemberFault("/data/attributes/email", "must be an e-mail address."))
        }
        if let reason = NewUser.fault(ofName: name) {
            faults.append(MemberFault("/data/attributes/name", reason))
        }
        guard let address, faults.isEmpty else { throw .invalid(faults) }
        self.email = address
        self.name = name
    }
}

extension User {
    /// Makes the service account that somebody asked for.
    package init(_ new: NewServiceAccount, in tenant: TenantID, at now: Int64) {
        self.init(
            id: UserID(secondsSince1970: now / 1_000), tenant: tenant, email: new.email.text,
            firstName: new.name, lastName: NewServiceAccount.lastName, company: nil,
            isTenantAdmin: false, isServiceAccount: true, registered: now)
    }
}
