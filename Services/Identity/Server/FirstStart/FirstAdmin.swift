public import Identifiers
import IdentityDomain
import JSONAPI
public import PublicHTTP

/// What a first start is told to make.
public struct FirstTenant: Hashable, Sendable {
    /// The tenant's name, 1 to 100 characters.
    public var name: String
    /// The address of its Tenant Admin.
    public var adminEmail: String

    /// Names a tenant and its admin.
    public init(name: String = "Default Tenant", adminEmail: String = "admin@covenant.local") {
        self.name = name
        self.adminEmail = adminEmail
    }
}

/// The Tenant Admin that a first start made: the one time the key is known.
public struct FirstAdmin: Hashable, Sendable {
    /// The tenant.
    public let tenant: TenantID
    /// The address to sign in with.
    public let email: String
    /// The API key to sign in with.
    public let apiKey: Secret

    /// What is printed once, for whoever starts the service by hand; it holds the key.
    public var announcement: String {
        """
        First start: made tenant \(self.tenant) and its Tenant Admin.
          e-mail:  \(self.email)
          API key: \(self.apiKey.reveal())
        The key is not shown again.
        """
    }

    /// The content of `first-admin.json`; it holds the key.
    var file: [UInt8] {
        let value: JSON = [
            "email": .string(self.email), "api_key": .string(self.apiKey.reveal()),
            "tenant_id": .string(self.tenant.text),
        ]
        return value.bytes() + [UInt8(ascii: "\n")]
    }
}

/// A first start cannot make what it is told to.
public struct FirstStartError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which setting is wrong, and how.
    public let description: String
}
