import IdentityAPI
import IdentityDomain
import Testing

@Suite("Replacing a role catalogue")
struct RoleReplacementTests {
    static let standard = RoleCatalogue.standard

    static func asked(_ roles: [Role]) -> [AskedRole] {
        roles.enumerated().map { AskedRole("/data/attributes/roles/\($0.offset)", $0.element) }
    }

    static func role(
        _ name: String, scope: String = "contracts",
        permissions: [String] = ["contracts.workspace.create"],
        titles: [String: String] = ["en": "Title"]
    ) -> Role {
        Role(scope: scope, name: name, permissions: permissions, titles: titles)
    }

    static func faults(_ roles: [Role]) -> [String] {
        faultyPlaces { try RoleReplacement(Self.asked(roles), of: Self.standard) }
            .map { String($0.dropFirst("/data/attributes/roles".count)) }
    }

    @Test("the catalogue as it is replaces itself, and nothing is removed")
    func identical() throws {
        let replacement = try RoleReplacement(Self.asked(Self.standard), of: Self.standard)
        #expect(replacement.roles == Self.standard)
        #expect(replacement.removed.isEmpty)
    }

    @Test("owners are kept when they are left out, all other roles go")
    func empty() throws {
        let replacement = try RoleReplacement([], of: Self.standard)
        #expect(replacement.roles.map(\.name) == ["owner", "owner"])
        #expect(replacement.removed == Self.standard.filter { $0.name != "owner" })
    }

    @Test("a new role joins in its place, its permissions in order and each once")
    func added() throws {
        let twice = ["contracts.workspace.delete", "contracts.workspace.create"]
        let role = Self.role("auditor", permissions: twice + twice)
        let replacement = try RoleReplacement(Self.asked([role]), of: Self.standard)
        #expect(replacement.roles.map(\.name) == ["auditor", "owner", "owner"])
        #expect(replacement.roles[0].permissions == twice.sorted())
    }

    @Test("all faults are told at once, each with its place")
    func faulty() {
        let owner = Self.role("owner")
        #expect(
            Self.faults([
                Self.role("Admin"), Self.role("a", scope: "tenants"),
                Self.role("b", permissions: ["contracts.workspace.create", "no.such.one"]),
                Self.role("c", titles: [:]), Self.role("d"), Self.role("d"), owner,
                Self.role("e", titles: ["en": " ", "x_y": "?"]),
            ]) == [
                "/0/role", "/1/scope", "/2/permissions/1", "/3/i18n", "/5/role", "/6", "/7/i18n/en",
                "/7/i18n",
            ])
    }

    @Test(
        "names are short words",
        arguments: ["", "1a", "-a", "a b", "ä", "A", String(repeating: "a", count: 41)])
    func names(name: String) {
        #expect(Self.faults([Self.role(name)]) == ["/0/role"])
    }

    @Test("more roles than may be are refused, the owners counted")
    func many() {
        let most = (0..<98).map { Self.role("r\($0)") }
        #expect(Self.faults(most) == [])
        #expect(Self.faults(most + [Self.role("one-more")]) == [""])
    }

    @Test("services' own permissions are none a role may carry")
    func ofServices() {
        for name in ["tenants.user.create", "contracts.contract.suspend", ""] {
            #expect(Self.faults([Self.role("a", permissions: [name])]) == ["/0/permissions/0"])
        }
    }

    @Test("every permission is described, once, and of a scope there is")
    func described() {
        let names = Permissions.described.map(\.name)
        #expect(names.count == 37 && Set(names).count == 37)
        #expect(
            Set(Permissions.described.map(\.scope)) == ["global", "contracts", "workspaces"])
        #expect(Permissions.described.allSatisfy { $0.about.hasSuffix(".") })
    }
}
