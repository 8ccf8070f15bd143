import FlowRuntimeDomain
import JSONAPI
import Storage

extension ComponentDescriptor {
    /// Reads `component.json`, whose shape was checked against the route's schema.
    init(_ json: JSON) {
        self.init(
            title: json["title"]?.string ?? "",
            functions: Self.functions(json["triggers"], isTrigger: true)
                + Self.functions(json["actions"], isTrigger: false))
    }

    private static func functions(_ json: JSON?, isTrigger: Bool) -> [ComponentFunction] {
        (json?.object?.members ?? []).map { member in
            ComponentFunction(
                name: member.name, isTrigger: isTrigger,
                title: member.value["title"]?.string ?? "",
                command: (member.value["command"]?.array ?? []).compactMap(\.string),
                millisecondsMax: member.value["timeout_ms"]?.integer
                    ?? FlowLimits.programMillisecondsUsual)
        }
    }
}

extension ComponentVersionRow {
    /// What the version says of itself.
    func readDescriptor() throws -> ComponentDescriptor {
        ComponentDescriptor(try self.readJSON())
    }

    /// `component.json` as it was sent.
    func readJSON() throws -> JSON {
        do {
            return try JSON(parsing: self.descriptor)
        } catch {
            throw StorageError(.corrupt, "component_version.descriptor is not JSON")
        }
    }
}
