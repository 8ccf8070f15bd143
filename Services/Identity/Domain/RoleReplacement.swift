package import IdentityAPI

/// A role as somebody asks for it, with its place in the request.
package struct AskedRole: Hashable, Sendable {
    /// Where it is in the request's document.
    package var pointer: String
    /// The role.
    package var role: Role

    /// Makes a value.
    package init(_ pointer: String, _ role: Role) {
        self.pointer = pointer
        self.role = role
    }
}

/// A tenant's whole catalogue, replaced at once.
///
/// The owners of both scopes cannot be changed: they are kept when they are left out, and refused
/// when they are given otherwise than they are.
package struct RoleReplacement: Hashable, Sendable {
    /// The name of the role that answers for a contract or workspace.
    package static let owner = "owner"
    /// Roles of a catalogue at most.
    package static let rolesMax = 100
    /// Characters of a role's name.
    package static let nameCharactersMax = 40
    /// Characters of a title.
    package static let titleCharactersMax = 100
    /// Languages of a title at most.
    package static let languagesMax = 20

    /// The catalogue to be, by scope and name.
    package let roles: [Role]
    /// The roles of the catalogue before that are in it no more.
    package let removed: [Role]

    /// Checks what is asked for against the catalogue there is.
    ///
    /// - Throws: ``IdentityRefusal/invalid(_:)`` with everything that is wrong at once.
    package init(_ asked: [AskedRole], of current: [Role]) throws(IdentityRefusal) {
        var faults: [MemberFault] = []
        var seen: Set<RoleKey> = []
        for entry in asked {
            faults += Self.faults(of: entry)
            if !seen.insert(RoleKey(entry.role)).inserted {
                faults.append(MemberFault("\(entry.pointer)/role", "is twice in its scope."))
            }
            if let owner = current.first(where: { RoleKey($0) == RoleKey(entry.role) }),
                owner.name == Self.owner, !Self.isSame(owner, as: entry.role)
            {
                faults.append(
                    MemberFault(entry.pointer, "is the owner's role, which cannot be changed."))
            }
        }
        let kept = current.filter { $0.name == Self.owner && !seen.contains(RoleKey($0)) }
        if asked.count + kept.count > Self.rolesMax {
            faults.append(
                MemberFault(
                    "/data/attributes/roles",
                    "must be at most \(Self.rolesMax) roles, the owners among them."))
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        let roles = asked.map { entry in
            var role = entry.role
            role.permissions = Set(role.permissions).sorted()
            return role
        }
        self.roles = (roles + kept).sorted { ($0.scope, $0.name) < ($1.scope, $1.name) }
        let names = Set(self.roles.map(RoleKey.init))
        self.removed = current.filter { !names.contains(RoleKey($0)) }
    }

    private static func isSame(_ owner: Role, as asked: Role) -> Bool {
        Set(owner.permissions) == Set(asked.permissions) && owner.titles == asked.titles
    }

    private static func faults(of asked: AskedRole) -> [MemberFault] {
        var faults: [MemberFault] = []
        let role = asked.role
        if !RoleCatalogue.scopes.contains(role.scope) {
            faults.append(
                MemberFault("\(asked.pointer)/scope", "must be \"contracts\" or \"workspaces\"."))
        }
        if !Self.isName(role.name) {
            faults.append(
                MemberFault(
                    "\(asked.pointer)/role",
                    "must be 1 to \(Self.nameCharactersMax) of a-z, 0-9, - and _, a letter first."))
        }
        for (index, permission) in role.permissions.enumerated()
        where !Permissions.isAssignable(permission) {
            faults.append(
                MemberFault(
                    "\(asked.pointer)/permissions/\(index)",
                    "is not a permission a role may carry."))
        }
        return faults + Self.faults(ofTitles: role.titles, at: "\(asked.pointer)/i18n")
    }

    private static func faults(
        ofTitles titles: [String: String], at pointer: String
    ) -> [MemberFault] {
        var faults: [MemberFault] = []
        if titles["en"] == nil {
            faults.append(MemberFault(pointer, "must have a title in \"en\"."))
        }
        if titles.count > Self.languagesMax {
            faults.append(
                MemberFault(pointer, "must have at most \(Self.languagesMax) languages."))
        }
        for (language, title) in titles.sorted(by: { $0.key < $1.key }) {
            if !Self.isLanguage(language) {
                faults.append(MemberFault(pointer, "must name languages as \"en\" or \"de-AT\"."))
            } else if !Self.isTitle(title) {
                faults.append(
                    MemberFault(
                        "\(pointer)/\(language)",
                        "must be 1 to \(Self.titleCharactersMax) characters, not all blank, "
                            + "without controls."))
            }
        }
        return faults
    }

    private static func isName(_ name: String) -> Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard let first = name.utf8.first, letters.contains(first) else { return false }
        return name.utf8.count <= Self.nameCharactersMax
            && name.utf8.allSatisfy {
                letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "_")
            }
    }

    /// A language tag, as far as its shape goes (RFC 5646, section 2.1).
    private static func isLanguage(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return (2...35).contains(text.utf8.count)
            && parts.allSatisfy { part in
                (1...8).contains(part.count)
                    && part.allSatisfy {
                        ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z"))
                            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    }
            }
    }

    private static func isTitle(_ text: String) -> Bool {
        text.unicodeScalars.count <= Self.titleCharactersMax
            && text.contains { !$0.isWhitespace }
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}

/// What tells roles of a tenant apart.
package struct RoleKey: Hashable, Sendable {
    /// Where the role is held.
    package let scope: String
    /// Its name there.
    package let name: String

    /// The key of a role.
    package init(_ role: Role) {
        self.scope = role.scope
        self.name = role.name
    }
}
