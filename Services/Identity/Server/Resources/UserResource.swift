import Identifiers
import IdentityDomain
import JSONAPI

extension User {
    /// The user as a resource of the public API.
    var resource: Resource {
        var attributes: JSONObject = [
            "first_name": .string(self.firstName), "last_name": .string(self.lastName),
            "email": .string(self.email),
        ]
        if let company = self.company { attributes["company"] = .string(company) }
        if self.isServiceAccount { attributes["service_account"] = true }
        attributes["registered"] = .time(self.registered)
        if let lastLogin = self.lastLogin { attributes["last_login"] = .time(lastLogin) }
        return Resource(
            type: "user", id: self.id.text, selfLink: "/v2/users/\(self.id)",
            attributes: attributes, relationships: ["tenant": .one("tenant", self.tenant.text)])
    }
}
