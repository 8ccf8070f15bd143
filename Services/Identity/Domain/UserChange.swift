/// What a user is to change of themselves, checked.
package struct UserChange: Sendable {
    /// What becomes of the employer.
    package enum Company: Hashable, Sendable {
        /// It stays as it is.
        case kept
        /// There is none any more.
        case removed
        /// It is this one.
        case named(String)
    }

    /// A password, and the one it takes the place of.
    package struct Password: Sendable {
        /// The password so far; `nil` for an account that has none.
        package let current: String?
        /// The password from now on.
        package let new: String
    }

    /// The given name, if it changes.
    package let firstName: String?
    /// The family name, if it changes.
    package let lastName: String?
    /// The employer.
    package let company: Company
    /// The password, if it changes.
    package let password: Password?

    /// Checks all parts.
    ///
    /// - Throws: ``IdentityRefusal/invalidUser(_:)`` with everything that is wrong at once.
    package init(
        firstName: String? = nil, lastName: String? = nil, company: Company = .kept,
        currentPassword: String? = nil, newPassword: String? = nil, rule: PasswordRule
    ) throws(IdentityRefusal) {
        var faults: [UserFault] = []
        if let firstName { faults += NewUser.faults(ofName: firstName, .firstName) }
        if let lastName { faults += NewUser.faults(ofName: lastName, .lastName) }
        if case .named(let name) = company { faults += NewUser.faults(ofName: name, .company) }
        if let newPassword {
            faults += rule.faults(of: newPassword).map { UserFault(.newPassword, $0) }
            if newPassword == currentPassword {
                faults.append(UserFault(.newPassword, "must be another than the current one."))
            }
        } else if currentPassword != nil {
            faults.append(UserFault(.newPassword, "must be given with the current one."))
        }
        guard faults.isEmpty else { throw .invalidUser(faults) }
        self.firstName = firstName
        self.lastName = lastName
        self.company = company
        self.password = newPassword.map { Password(current: currentPassword, new: $0) }
    }
}

extension UserChange: CustomStringConvertible, CustomReflectable {
    /// The change without what it says.
    package var description: String { "UserChange" }
    /// A mirror without children, for the passwords' sake.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
