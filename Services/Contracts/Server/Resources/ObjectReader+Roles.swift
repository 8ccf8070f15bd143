import ContractsDomain
import JSONAPI

extension ObjectReader {
    /// The roles that `<name>s` lists or `<name>` names: both generations of the field. The list
    /// counts when both are there.
    ///
    /// - Throws: `APIError` `missing` when neither is.
    func roles(_ name: String) throws(APIError) -> [String] {
        if let roles = try self.optionalRoles(name) { return roles }
        throw APIError(
            400, "missing", "\"\(name)s\" is missing.", source: .pointer(self.pointer))
    }

    /// The same; `nil` when neither field is there.
    func optionalRoles(_ name: String) throws(APIError) -> [String]? {
        if let roles = try self.optionalStrings("\(name)s") { return roles }
        return try self.optionalString(name).map { [$0] }
    }

    /// The roles that `available_roles` lists, as far as they are in a catalogue.
    ///
    /// - Throws: `APIErrors`, one for each that is not.
    func availableRoles(in catalogue: RoleCatalogue) throws -> [RoleReference]? {
        guard let objects = try self.optionalObjects("available_roles") else { return nil }
        let asked = try objects.map { object in
            RoleReference(
                try object.value("scope", "a scope") { RoleScope(rawValue: $0) },
                try object.string("role").lowercased())
        }
        switch RoleSelection.available(asked: asked, in: catalogue) {
        case .success(let roles): return roles
        case .failure(let faults):
            let errors = faults.list.map { fault in
                APIError(
                    400, "unknown_role", fault.detail,
                    source: .pointer("\(self.pointer)/available_roles/\(fault.index)"))
            }
            guard let errors = APIErrors(errors) else { return [] }
            throw errors
        }
    }
}
