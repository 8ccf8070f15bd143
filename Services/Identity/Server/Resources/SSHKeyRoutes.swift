import Identifiers
import IdentityAPI
import IdentityDomain
import JSONAPI
import PublicHTTP

/// What the public API says of SSH keys.
enum SSHKeyRoutes {
    static let list = Route(
        .get, "/v2/sshkeys", id: AccessPolicy.Operation.listSSHKeys.rawValue,
        summary: "Lists the caller's SSH keys", permission: "every user",
        query: QueryParameter.page(defaultSize: IdentityLimits.sshKeysPerPage),
        answers: [.init(200, "The keys.", .collection("sshkey"))])

    static let get = Route(
        .get, "/v2/sshkeys/{sshkey_id}", id: AccessPolicy.Operation.getSSHKey.rawValue,
        summary: "Shows an SSH key of the caller", permission: "every user",
        answers: [.init(200, "The key.", .document("sshkey"))])

    static let add = Route(
        .post, "/v2/sshkeys", id: AccessPolicy.Operation.addSSHKey.rawValue,
        summary: "Registers an SSH key of the caller", permission: "every user",
        body: .json(
            .resource(
                "sshkey",
                attributes: [
                    .required("key", .string, "A line of an OpenSSH .pub file."),
                    .optional("title", .nullable(.string), "Else the key's own comment."),
                ])),
        answers: [.init(201, "The key was registered.", .document("sshkey"))])

    static let remove = Route(
        .delete, "/v2/sshkeys/{sshkey_id}", id: AccessPolicy.Operation.removeSSHKey.rawValue,
        summary: "Removes an SSH key of the caller", permission: "every user",
        answers: [.init(204, "The key is gone.")])
}

extension IdentityService {
    /// Answers what concerns SSH keys.
    func addSSHKeys(to routes: inout PublicRoutes) {
        Self.on(SSHKeyRoutes.list, &routes) { request, caller in
            let page = request.query.page
            let list = try await self.listSSHKeys(
                limit: page.size, offset: page.offset, of: caller)
            return .document(
                Document(list.keys.map(\.resource), page: page, total: list.total))
        }
        Self.on(SSHKeyRoutes.get, &routes) { request, caller in
            let id: SSHKeyID = try request.identifier("sshkey_id", "SSH key")
            return .document(Document(try await self.sshKey(id, of: caller).resource))
        }
        let ofNewKey = BodyMeaning.check { attributes throws(IdentityRefusal) in
            _ = try NewSSHKey(
                line: attributes.text("key"), title: attributes["title"]?.string)
        }
        Self.on(SSHKeyRoutes.add, &routes, meaning: ofNewKey) { request, caller in
            let attributes = try request.resource().attributes
            let new = try NewSSHKey(
                line: attributes.string("key"), title: attributes.optionalString("title"))
            let key = try await self.addSSHKey(new, of: caller)
            return .document(Document(key.resource), status: 201)
        }
        Self.on(SSHKeyRoutes.remove, &routes) { request, caller in
            let id: SSHKeyID = try request.identifier("sshkey_id", "SSH key")
            try await self.removeSSHKey(id, of: caller)
            return .empty(204)
        }
    }
}

extension SSHKey {
    /// The key as a resource of the public API.
    var resource: Resource {
        Resource(
            type: "sshkey", id: self.id.text, selfLink: "/v2/sshkeys/\(self.id)",
            attributes: [
                "title": .string(self.title), "fingerprint": .string(self.fingerprint),
                "user_id": .string(self.user.text), "key": .string(self.text),
                "created_at": .time(self.createdAt),
            ], relationships: ["user": .one("user", self.user.text)])
    }
}
