package import Identifiers

/// A white-label installation of the platform.
package struct Tenant: Hashable, Sendable {
    /// Characters of a name at most.
    package static let nameCharactersMax = 100

    /// The tenant.
    package var id: TenantID
    /// What it is called.
    package var name: String
    /// When it was made, in milliseconds since 1970.
    package var createdAt: Int64

    /// Whether its administrators operate the platform: it is the tenant of the first start.
    package var isOperating: Bool

    /// Makes a tenant.
    package init(id: TenantID, name: String, createdAt: Int64, isOperating: Bool = false) {
        self.id = id
        self.name = name
        self.createdAt = createdAt
        self.isOperating = isOperating
    }

    /// Gives the tenant another name.
    ///
    /// - Throws: ``IdentityRefusal/invalid(_:)``.
    package mutating func rename(_ name: String) throws(IdentityRefusal) {
        if let reason = NewUser.fault(ofName: name) {
            throw .invalid([MemberFault("/data/attributes/name", reason)])
        }
        self.name = name
    }
}
