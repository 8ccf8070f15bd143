import Crypto
import FlowRuntimeAPI
import Identifiers
import JSONAPI

extension ComponentView {
    /// The component as a resource.
    var resource: Resource {
        let component = self.component
        let path = "/v2/components/\(component.id)"
        return Resource(
            type: "component", id: component.id.text, selfLink: path,
            attributes: [
                "name": .string(component.name), "team_name": .string(component.teamName),
                "description": .optional(component.description),
                "access": .string(component.access.rawValue),
                "latest_version": .optional(self.latestVersion.map(Int64.init)),
                "created_at": .time(component.createdAt),
                "updated_at": .time(component.updatedAt),
            ],
            relationships: [
                "contract": .one(
                    "contract", component.contract.text,
                    selfLink: "/v2/contracts/\(component.contract)"),
                "team": .one(
                    "team", component.team.text, selfLink: "/v2/teams/\(component.team)"),
                "user": .one(
                    "user", component.user.text, selfLink: "/v2/users/\(component.user)"),
                "versions": .link("\(path)/versions"),
            ])
    }
}

extension ComponentRow {
    /// Changes with every change that people make.
    var entityTag: String { "\(self.revision)" }
}

extension ComponentVersionView {
    /// The version as a resource; what is in its files is not shown, only their hashes.
    func resource() throws -> Resource {
        let version = self.version
        let component = "/v2/components/\(version.component)"
        var attributes: JSONObject = [
            "version_number": .integer(version.number),
            "component": try version.readJSON(), "file_count": .integer(version.files),
            "bytes": .integer(version.bytes), "created_at": .time(version.createdAt),
        ]
        if let files = self.files { attributes["files"] = .array(files.map(\.json)) }
        return Resource(
            type: "component-version", id: version.id.text,
            selfLink: "\(component)/versions/\(version.id)", attributes: attributes,
            relationships: [
                "component": .one("component", version.component.text, selfLink: component),
                "user": .one("user", version.user.text, selfLink: "/v2/users/\(version.user)"),
            ])
    }
}

extension BundleFile {
    fileprivate var json: JSON {
        [
            "path": .string(self.path), "bytes": .integer(self.content.count),
            "sha256": .string(Hexadecimal.text(of: Array(SHA256.hash(data: self.content)))),
            "executable": .bool(self.isExecutable),
        ]
    }
}
