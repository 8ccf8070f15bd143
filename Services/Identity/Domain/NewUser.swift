/// What is wrong with what a user should be like.
package struct UserFault: Error, Hashable, Sendable {
    /// The part, by its name in public documents.
    package enum Field: String, Hashable, Sendable {
        case email
        case firstName = "first_name"
        case lastName = "last_name"
        case company
        case password
        case currentPassword = "current_password"
        case newPassword = "new_password"
    }

    /// The part.
    package var field: Field
    /// What is wrong, to follow the part's name; never the value.
    package var reason: String

    /// Makes a fault.
    package init(_ field: Field, _ reason: String) {
        self.field = field
        self.reason = reason
    }
}

/// What somebody who is to become a user gave of themselves, checked.
package struct NewUser: Sendable {
    /// Characters of a name or company at most.
    package static let nameCharactersMax = 100

    /// The address.
    package let email: EmailAddress
    /// The given name.
    package let firstName: String
    /// The family name.
    package let lastName: String
    /// The employer, if told.
    package let company: String?
    /// The password.
    package let password: String

    /// Checks all parts.
    ///
    /// - Throws: ``IdentityRefusal/invalidUser(_:)`` with everything that is wrong at once.
    package init(
        email: String, firstName: String, lastName: String, company: String? = nil,
        password: String, rule: PasswordRule
    ) throws(IdentityRefusal) {
        let faults = Self.faults(
            email: email, firstName: firstName, lastName: lastName, company: company,
            password: password, rule: rule)
        guard let address = EmailAddress(email), faults.isEmpty else {
            throw .invalidUser(faults)
        }
        self.email = address
        self.firstName = firstName
        self.lastName = lastName
        self.company = company
        self.password = password
    }

    /// Everything that is wrong with the parts that are given.
    package static func faults(
        email: String?, firstName: String?, lastName: String?, company: String? = nil,
        password: String?, rule: PasswordRule
    ) -> [UserFault] {
        var faults: [UserFault] = []
        if let email, EmailAddress(email) == nil {
            faults.append(UserFault(.email, "must be an e-mail address."))
        }
        if let firstName { faults += Self.faults(ofName: firstName, .firstName) }
        if let lastName { faults += Self.faults(ofName: lastName, .lastName) }
        if let company { faults += Self.faults(ofName: company, .company) }
        if let password { faults += rule.faults(of: password).map { UserFault(.password, $0) } }
        return faults
    }

    /// What is wrong with a name, as faults of a part.
    static func faults(ofName name: String, _ field: UserFault.Field) -> [UserFault] {
        Self.fault(ofName: name).map { [UserFault(field, $0)] } ?? []
    }

    /// What is wrong with a name; `nil` when nothing is.
    static func fault(ofName name: String) -> String? {
        let isVisible = name.contains { !$0.isWhitespace }
        let hasControls = name.unicodeScalars.contains {
            $0.properties.generalCategory == .control
        }
        guard isVisible, !hasControls, name.count <= Self.nameCharactersMax else {
            let bounds = "1 to \(Self.nameCharactersMax) characters"
            return "must be \(bounds), not all blank, without controls."
        }
        return nil
    }
}

extension NewUser: CustomStringConvertible, CustomReflectable {
    /// The user without the password.
    package var description: String { "NewUser(\(self.email.text))" }
    /// A mirror without children, for the password's sake.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
