import ContractLifecycle
import ContractsAPI
import RPC
import Storage
import TestKit
import Testing

/// The bytes were made by an encoder that is not this repository's.
@Suite("Contracts on the wire")
struct GoldenBytesTests {
    struct Exchange: Sendable {
        var about: String
        var path: MethodPath
        var caller: String
        var request: String
        var reply: String

        init(
            _ about: String, _ path: MethodPath, as caller: String, request: String,
            reply: String
        ) {
            self.about = about
            self.path = path
            self.caller = caller
            self.request = request
            self.reply = reply
        }
    }

    /// In this order, on one service: a contract being suspended and one being deleted.
    static let exchanges = [
        Exchange(
            "a user who stays in a suspended contract", .of(RemoveUser.self), as: "identity",
            request: "a40178183030303030303032303030303030303030303030303030320278"
                + "183030303030303031303030303030303030303030303030310378183030"
                + "30303030303330303030303030303030303030303033046172",
            reply: "a16772656675736564a2625f3081a2017818303030303030303430303030"
                + "303030303030303030303034026973757370656e64656465746f74616c01"),
        Exchange(
            "a user who is a member of nothing", .of(RemoveUser.self), as: "identity",
            request: "a40178183030303030303039303030303030303030303030303030390278"
                + "183030303030303031303030303030303030303030303030310378183030"
                + "30303030303330303030303030303030303030303033046172",
            reply: "a16772656d6f766564a0"),
        Exchange(
            "a role that two members hold", .of(RetireRoles.self), as: "identity",
            request: "a50178183030303030303031303030303030303030303030303030310281"
                + "a20169636f6e74726163747302656f776e657203f4047818303030303030"
                + "303330303030303030303030303030303033056172",
            reply: "a10181a401a20169636f6e74726163747302656f776e6572020203000400"),
        Exchange(
            "a tenant that has a contract", .of(ReleaseTenant.self), as: "identity",
            request: "a1017818303030303030303130303030303030303030303030303031",
            reply: "a16772656675736564a169636f6e74726163747302"),
        Exchange(
            "a member reads", .of(Authorize.self), as: "flow-runtime",
            request: "a40178183030303030303032303030303030303030303030303030320278"
                + "1830303030303030313030303030303030303030303030303103f405a168"
                + "636f6e7472616374a1625f30781830303030303030343030303030303030"
                + "3030303030303034",
            reply: "a167616c6c6f776564a1625f30a301781830303030303030343030303030"
                + "303030303030303030303402781830303030303030313030303030303030"
                + "303030303030303103656f776e6572"),
        Exchange(
            "a member lacks a permission", .of(Authorize.self), as: "flow-runtime",
            request: "a50178183030303030303032303030303030303030303030303030320278"
                + "1830303030303030313030303030303030303030303030303103f4047819"
                + "636f6e7472616374732e7265706f7369746f72792e6564697405a168636f"
                + "6e7472616374a1625f307818303030303030303430303030303030303030"
                + "303030303034",
            reply: "a16664656e696564a166726561736f6e784a596f75206e65656420746865"
                + "207065726d697373696f6e20636f6e7472616374732e7265706f7369746f"
                + "72792e6564697420746f206163636573732074686973207265736f757263"
                + "652e"),
        Exchange(
            "there is no such workspace", .of(Authorize.self), as: "flow-runtime",
            request: "a40178183030303030303032303030303030303030303030303030320278"
                + "1830303030303030313030303030303030303030303030303103f405a169"
                + "776f726b7370616365a1625f307818303030303030303630303030303030"
                + "303030303030303036",
            reply: "a1686e6f74466f756e64a0"),
        Exchange(
            "the states in force", .of(ListContractStates.self), as: "flow-runtime",
            request: "a0",
            reply: "a20182a70178183030303030303034303030303030303030303030303030"
                + "340278183030303030303031303030303030303030303030303030310302"
                + "046a73757370656e64696e67057818303030303030303530303030303030"
                + "3030303030303030350666756e70616964071b0000018bcfe56800a60178"
                + "183030303030303034303030303030303030303030303030350278183030"
                + "303030303031303030303030303030303030303030310304046864656c65"
                + "74696e670578183030303030303035303030303030303030303030303030"
                + "37071b0000018bcfe5680002f5"),
        Exchange(
            "a suspension is complete", .of(FinishSuspension.self), as: "deletion-orchestrator",
            request: "a30178183030303030303035303030303030303030303030303030350278"
                + "183030303030303034303030303030303030303030303030340302",
            reply: "a1676170706c696564a0"),
        Exchange(
            "another suspension is over", .of(LiftSuspension.self), as: "deletion-orchestrator",
            request: "a20178183030303030303035303030303030303030303030303030360278"
                + "18303030303030303430303030303030303030303030303034",
            reply: "a16a73757065727365646564a162627903"),
        Exchange(
            "what there is of a contract", .of(CountKinds<Contracts>.self),
            as: "deletion-orchestrator",
            request: "a1017818303030303030303430303030303030303030303030303034",
            reply: "a10186a20167696e76697465730200a20171776f726b73706163655f6d656d62"
                + "6572730200a2016a776f726b7370616365730200a2016c7465616d5f6d656d62"
                + "6572730200a201657465616d730200a20170636f6e74726163745f6d656d6265"
                + "72730201"),
        Exchange(
            "a chunk of members", .of(PurgeChunk<Contracts>.self), as: "deletion-orchestrator",
            request: "a60178183030303030303035303030303030303030303030303030370278"
                + "183030303030303034303030303030303030303030303030350304047063"
                + "6f6e74726163745f6d656d626572730500060a",
            reply: "a2010102f5"),
        Exchange(
            "the users to release", .of(UsersToRelease.self), as: "deletion-orchestrator",
            request: "a1017818303030303030303530303030303030303030303030303037",
            reply: "a101817818303030303030303230303030303030303030303030303033"),
        Exchange(
            "users are released", .of(ConfirmUsersReleased.self), as: "deletion-orchestrator",
            request: "a20178183030303030303035303030303030303030303030303030370281"
                + "7818303030303030303230303030303030303030303030303033",
            reply: "a0"),
        Exchange(
            "the files are sealed", .of(SealKinds<Contracts>.self), as: "deletion-orchestrator",
            request: "a20178183030303030303035303030303030303030303030303030370278"
                + "18303030303030303430303030303030303030303030303035",
            reply: "a0"),
        Exchange(
            "a deletion is finished", .of(FinishDeletion.self), as: "deletion-orchestrator",
            request: "a40178183030303030303035303030303030303030303030303030370278"
                + "183030303030303034303030303030303030303030303030350304045820"
                + "070707070707070707070707070707070707070707070707070707070707"
                + "0707",
            reply: "a1676170706c696564a0"),
    ]

    @Test("every method takes and answers the bytes it always has")
    func bytes() async throws {
        try await RunningContracts.with { running in
            try await Self.populate(running.database)
            for exchange in Self.exchanges {
                let reply = try await running.call(
                    exchange.path, Hex.bytes(exchange.request), as: exchange.caller)
                #expect(Hex.text(reply) == exchange.reply, "\(exchange.about)")
            }
        }
    }

    @Test("every declared method has golden bytes")
    func coverage() {
        let covered = Set(Self.exchanges.map(\.path.text))
        #expect(covered == Set(Contracts.methods.map(\.path)))
    }

    private static func populate(_ database: any Database) async throws {
        let tenant = "000000010000000000000001"
        let suspending = "000000040000000000000004"
        let deleting = "000000040000000000000005"
        let now = 1_700_000_000_000
        try await database.write { transaction in
            try transaction.execute(
                """
                INSERT INTO contract (id, tenant_id, name, available_roles, version, created_at,
                    updated_at, epoch, state, operation_id, reason, since)
                VALUES (?, ?, 'Suspending', '', 1, 0, 0, 2, 'suspending', ?, 'unpaid', ?)
                """, [suspending, tenant, "000000050000000000000005", now])
            try transaction.execute(
                """
                INSERT INTO contract (id, tenant_id, name, available_roles, version, created_at,
                    updated_at, epoch, state, operation_id, since, prior_state, prior_since,
                    deletion_requested_by)
                VALUES (?, ?, 'Deleting', '', 1, 0, 0, 4, 'deleting', ?, ?, 'active', 0, ?)
                """,
                [deleting, tenant, "000000050000000000000007", now, "000000020000000000000002"])
            for (contract, user) in [
                (suspending, "000000020000000000000002"), (deleting, "000000020000000000000003"),
            ] {
                try transaction.execute(
                    """
                    INSERT INTO contract_member (contract_id, user_id, roles, is_owner, added_at)
                    VALUES (?, ?, 'owner', 1, 0)
                    """, [contract, user])
            }
        }
    }
}
