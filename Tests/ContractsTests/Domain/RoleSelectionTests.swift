import ContractsDomain
import ContractsFakes
import Testing

@Suite("Roles and names")
struct RoleSelectionTests {
    static let catalogue = DefaultRoles.catalogue

    @Test("available roles silently gain the owner of both scopes")
    func silentOwner() throws {
        let roles = try RoleSelection.available(
            asked: [.init(.contracts, "admin"), .init(.workspaces, "admin")], in: Self.catalogue
        ).get()
        #expect(
            roles == [
                .init(.contracts, "admin"), .init(.workspaces, "admin"),
                .init(.contracts, "owner"), .init(.workspaces, "owner"),
            ])
    }

    @Test("no available roles means all, and owners are not added twice")
    func noAvailableRoles() throws {
        #expect(try RoleSelection.available(asked: [], in: Self.catalogue).get().isEmpty)
        let owners: [RoleReference] = [.owner(of: .workspaces), .owner(of: .contracts)]
        #expect(
            try RoleSelection.available(asked: owners + owners, in: Self.catalogue).get()
                == owners)
    }

    @Test("every role outside the catalogue is named by its place")
    func unknownRoles() {
        let asked: [RoleReference] = [
            .init(.contracts, "king"), .init(.contracts, "admin"), .init(.workspaces, "queen"),
        ]
        guard case .failure(let faults) = RoleSelection.available(asked: asked, in: Self.catalogue)
        else {
            Issue.record("unknown roles are accepted")
            return
        }
        #expect(faults.list.map(\.index) == [0, 2])
    }

    @Test(
        "granted roles are read without regard to case, once each",
        arguments: [
            (["Admin"], ["admin"]),
            (["admin", "ADMIN", "member"], ["admin", "member"]),
            (["integrator"], ["integrator"]),
            (["Guest"], ["guest"]),
        ])
    func granted(asked: [String], roles: [String]) throws {
        let selection = RoleSelection(catalogue: Self.catalogue, available: nil)
        #expect(try selection.granted(asked, in: .contracts).get() == roles)
    }

    @Test("a role that is not available in the contract is not granted")
    func unavailable() {
        let selection = RoleSelection(
            catalogue: Self.catalogue,
            available: [.init(.contracts, "admin"), .owner(of: .contracts)])
        guard case .failure(let faults) = selection.granted(["owner", "member"], in: .contracts)
        else {
            Issue.record("an unavailable role is granted")
            return
        }
        #expect(faults.list.map(\.index) == [1])
        #expect(selection.entries.map(\.role.name) == ["owner", "admin"])
    }

    @Test(
        "a name has 3 to 40 letters, digits, white spaces, - and _",
        arguments: [
            ("My Contract", true), ("a-b_c 1", true), ("abc", true), ("ab", false), ("", false),
            (String(repeating: "x", count: 40), true), (String(repeating: "x", count: 41), false),
            ("Müller GmbH", true), ("Größe-7", true), ("契約書", true), ("a.b", false),
            ("a/b c", false), ("tab\tok", true), ("line\nbreak", false), ("<script>", false),
            ("e\u{301}te", true), ("naïve😀", false),
        ])
    func names(text: String, isName: Bool) {
        #expect((ContractName(text) != nil) == isName)
    }
}
