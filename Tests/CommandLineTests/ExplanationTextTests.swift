import CommandLineDomain
import JSONAPI
import Testing

@Suite("Plans and explanations in lines")
struct ExplanationTextTests {
    static func plan(_ blockers: JSON) -> JSON {
        [
            "attributes": [
                "blockers": blockers, "blockers_total": 7, "users_leaving_total": 2,
                "services": [
                    [
                        "service": "contracts",
                        "kinds": [
                            ["kind": "invites", "count": 1], ["kind": "workspaces", "count": 12],
                        ],
                    ],
                    ["service": "flow-runtime", "kinds": [["kind": "flows", "count": 3]]],
                ],
            ]
        ]
    }

    @Test("a plan is a line a kind, then who leaves")
    func plan() {
        #expect(
            DeletionPlanText.lines(of: Self.plan([])) == [
                "SERVICE       KIND        COUNT", "contracts     invites     1",
                "contracts     workspaces  12", "flow-runtime  flows       3", "",
                "users who would leave the platform: 2", "nothing stands against it",
            ])
    }

    @Test("what stands against a deletion is named, with the number of all")
    func blockers() {
        let lines = DeletionPlanText.lines(of: Self.plan([["flow": "f", "component": "c"]]))
        #expect(
            lines.suffix(3) == [
                "flows of other contracts that use its components: 7", "FLOW  COMPONENT",
                "f     c",
            ])
    }

    @Test("a permission stands beside the roles that grant it")
    func permissions() {
        let explanation: JSON = [
            "attributes": [
                "tenant_admin": true, "contract_status": "suspended",
                "contract_allows_changes": false,
                "permissions": [
                    [
                        "permission": "contracts.workspace.create",
                        "granted_by": [
                            ["scope": "contracts", "role": "owner"],
                            ["scope": "contracts", "role": "member"],
                        ],
                    ]
                ],
            ]
        ]
        #expect(
            PermissionText.lines(of: explanation) == [
                "PERMISSION                  GRANTED_BY",
                "contracts.workspace.create  contracts.owner,contracts.member", "",
                "The user is a Tenant Admin.", "",
                "The contract is suspended: nothing that changes it is allowed now.",
            ])
    }
}
