import ContractsDomain
import Identifiers
import IdentityAPI
import JSONAPI
import PublicHTTP
import Storage

/// What can be told of a body whose shape is wrong besides: who may make the call is told which of the
/// roles cannot be given, that the user who is to support is none, and the like.
extension ContractsService {
    /// What is wrong with the roles and the support user of a contract that is to be made.
    func meaning(ofNewContract request: PublicRequest) async throws -> [APIError] {
        let caller = try await self.caller(request)
        guard caller.actor.isTenantAdmin else { return [] }
        let attributes = request.attributes
        var faults = Self.faults(ofAvailable: attributes?["available_roles"], caller.catalogue)
        if let user = attributes?["support_user_id"]?.string.flatMap({ UserID($0) }) {
            faults += try await self.faults(ofSupportUser: user, caller)
        }
        return faults
    }

    /// What is wrong with the roles of a contract that is to change.
    func meaning(ofChangedContract request: PublicRequest) async throws -> [APIError] {
        let caller = try await self.caller(request)
        let id: ContractID = try request.identifier("contract_id", "Contract")
        _ = try await self.database.lookUp { try caller.admit(.updateContract, to: id, in: $0) }
        return Self.faults(ofAvailable: request.attributes?["available_roles"], caller.catalogue)
    }

    /// What is wrong with the roles in the contract and in a workspace that a call gives.
    func meaning(
        ofRoles request: PublicRequest, _ call: PublicCall
    ) async throws -> [APIError] {
        let caller = try await self.caller(request)
        let id: ContractID = try request.identifier("contract_id", "Contract")
        let row = try await self.database.lookUp { try caller.admit(call, to: id, in: $0) }
        let selection = RoleSelection(catalogue: caller.catalogue, available: row.availableRoles)
        let attributes = request.attributes
        let namesRoles =
            attributes?["workspace_role"] != nil || attributes?["workspace_roles"] != nil
        let isHomeless = call == .createInvite && namesRoles && attributes?["workspace_id"] == nil
        return try await self.faults(ofAddress: call == .createInvite ? attributes : nil)
            + Self.faults(of: attributes, "role", selection, in: .contracts)
            + Self.faults(of: attributes, "workspace_role", selection, in: .workspaces)
            + (isHomeless ? [Self.missingWorkspace] : [])
    }

    /// What is wrong with the address that attributes invite.
    private func faults(ofAddress attributes: JSON?) async throws -> [APIError] {
        guard let email = attributes?["email"]?.string else { return [] }
        return try await self.faults(of: CheckNewUser(email: email)).map(\.apiError)
    }

    /// What is wrong with somebody new who has an invite.
    func meaning(ofAcceptance request: PublicRequest) async throws -> [APIError] {
        guard request.principal == nil else { return [] }
        _ = try await self.invite(presenting: request.parameter("token"))
        func said(_ name: String) -> String? { request.attributes?[name]?.string }
        return try await self.faults(
            of: CheckNewUser(
                firstName: said("first_name"), lastName: said("last_name"),
                password: said("password"))
        ).map(\.apiError)
    }

    /// The fault of an invite that gives roles in a workspace and names none.
    static let missingWorkspace = APIError(
        400, "missing", "\"workspace_id\" is missing.", source: .pointer("/data/attributes"))

    /// What is wrong with the roles in a workspace, and in its contract, that a call gives.
    func meaning(
        ofWorkspaceRoles request: PublicRequest, _ call: PublicCall
    ) async throws -> [APIError] {
        let caller = try await self.caller(request)
        let id: WorkspaceID = try request.identifier("workspace_id", "Workspace")
        let contract = try await self.database.lookUp {
            try caller.admit(call, to: id, in: $0).contract
        }
        let selection = RoleSelection(
            catalogue: caller.catalogue, available: contract.availableRoles)
        return try await self.faults(
            ofAddress: call == .createWorkspaceInvite ? request.attributes : nil)
            + Self.faults(of: request.attributes, "role", selection, in: .workspaces)
            + Self.faults(of: request.attributes, "contract_role", selection, in: .contracts)
    }

    /// What is wrong with the time that a suspension is to end.
    func meaning(ofSuspension request: PublicRequest) async throws -> [APIError] {
        let caller = try await self.caller(request)
        let id: ContractID = try request.identifier("contract_id", "Contract")
        _ = try await self.database.lookUp { try caller.admit(.suspendContract, to: id, in: $0) }
        let isPlain = request.json?["data"] == nil
        let order = isPlain ? request.json : request.attributes
        guard let until = order?["until"]?.string.flatMap(CivilTime.milliseconds(rfc3339:)) else {
            return []
        }
        return self.fault(of: until, at: isPlain ? "/until" : "/data/attributes/until")
            .map { [$0] } ?? []
    }

    /// What is wrong with a time that is to come.
    func fault(of time: Int64, at pointer: String) -> APIError? {
        time > self.clock.nowMilliseconds ? nil : .invalid(pointer, "must be in the future.")
    }

    /// What is wrong with the words of an e-mail template.
    func meaning(ofMailTemplate request: PublicRequest) async throws -> [APIError] {
        try await self.caller(request).requireTenantAdmin()
        let attributes = request.attributes
        return Self.faults(
            of: MailTemplate(
                subject: attributes?["subject"]?.string ?? "",
                text: attributes?["text"]?.string ?? "", html: attributes?["html"]?.string ?? ""),
            as: try Self.kind(request))
    }

    /// What is wrong with the words of an e-mail.
    static func faults(of template: MailTemplate, as kind: MailKind) -> [APIError] {
        template.faults(as: kind).map {
            .invalid("/data/attributes/\($0.part)", $0.detail)
        }
    }

    /// What is wrong with the user who is to support a contract.
    func faults(ofSupportUser user: UserID, _ caller: Caller) async throws -> [APIError] {
        let person = try await self.person(user)
        guard person?.tenant != caller.actor.tenant else { return [] }
        return [.invalid("/data/attributes/support_user_id", "must be a user of the tenant.")]
    }

    private static func faults(
        ofAvailable roles: JSON?, _ catalogue: RoleCatalogue
    ) -> [APIError] {
        (roles?.array ?? []).prefix(ContractsLimits.rolesMax).enumerated().flatMap { index, asked in
            let scope = asked["scope"]?.string.flatMap { RoleScope(rawValue: $0) }
            guard let scope, let name = asked["role"]?.string else { return [] as [APIError] }
            let role = RoleReference(scope, name.lowercased())
            guard case .failure(let faults) = RoleSelection.available(asked: [role], in: catalogue)
            else { return [] }
            return faults.list.map { Self.unknownRole($0, at: "available_roles/\(index)") }
        }
    }

    /// The faults of one field in both its generations.
    private static func faults(
        of attributes: JSON?, _ name: String, _ selection: RoleSelection, in scope: RoleScope
    ) -> [APIError] {
        let list = attributes?["\(name)s"]?.array
        let words = list ?? attributes?[name].map { [$0] } ?? []
        return words.prefix(ContractsLimits.rolesMax).enumerated().flatMap { index, word in
            guard let text = word.string,
                case .failure(let faults) = selection.granted([text], in: scope)
            else { return [] as [APIError] }
            let place = list == nil ? name : "\(name)s/\(index)"
            return faults.list.map { Self.unknownRole($0, at: place) }
        }
    }

    private static func unknownRole(_ fault: RoleSelection.Fault, at place: String) -> APIError {
        APIError(
            400, "unknown_role", fault.detail, source: .pointer("/data/attributes/\(place)"))
    }
}

extension PublicRequest {
    /// The attributes of the resource that the body speaks of, whatever else there is.
    fileprivate var attributes: JSON? { self.json?["data"]?["attributes"] }
}
