import ContractLifecycle
import IdentityAPI
import RPC
import TestKit
import Testing

/// The bytes were made by an encoder that is not this repository's.
@Suite("Identity on the wire")
struct GoldenBytesTests {
    struct Exchange: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var path: MethodPath
        var caller: String
        var request: String
        var reply: String
    }

    static let exchanges = [
        Exchange(
            testDescription: "an API key that is right", path: .of(Authenticate.self),
            caller: "flow-runtime",
            request: "a3016f414441406578616d706c652e636f6d027844636f765f30313233343536"
                + "3738396162636465663031323334353637383961626364656630313233343536"
                + "3738396162636465663031323334353637383961626364656603676170695f6b"
                + "6579",
            reply: "a1686163636570746564a1625f30a40178183030303030303032303030303030"
                + "3030303030303030303202781830303030303030313030303030303030303030"
                + "3030303031036f416461404578616d706c652e636f6d04f4"),
        Exchange(
            testDescription: "a secret that is wrong", path: .of(Authenticate.self),
            caller: "contracts",
            request: "a3016f616461406578616d706c652e636f6d026577726f6e6703736170695f6b"
                + "65795f6f725f70617373776f7264",
            reply: "a16772656675736564a0"),
        Exchange(
            testDescription: "a session that lives", path: .of(AuthenticateSession.self),
            caller: "flow-runtime",
            request: "a10178446376735f303132333435363738396162636465663031323334353637"
                + "3839616263646566303132333435363738396162636465663031323334353637"
                + "3839616263646566",
            reply: "a1686163636570746564a2625f30a40178183030303030303032303030303030"
                + "3030303030303030303202781830303030303030313030303030303030303030"
                + "3030303031036f416461404578616d706c652e636f6d04f46773657373696f6e"
                + "7818303030303030303630303030303030303030303030303036"),
        Exchange(
            testDescription: "a token that is none", path: .of(AuthenticateSession.self),
            caller: "contracts", request: "a101646376735f", reply: "a16772656675736564a0"),
        Exchange(
            testDescription: "users by id", path: .of(GetUsers.self), caller: "contracts",
            request: "a101817818303030303030303230303030303030303030303030303032",
            reply: "a10181a601781830303030303030323030303030303030303030303030303202"
                + "7818303030303030303130303030303030303030303030303031036f41646140"
                + "4578616d706c652e636f6d046341646105644b696e6706f4"),
        Exchange(
            testDescription: "a user by address", path: .of(FindUser.self), caller: "contracts",
            request: "a2017818303030303030303130303030303030303030303030303031026f6164"
                + "61406578616d706c652e636f6d",
            reply: "a101a60178183030303030303032303030303030303030303030303030320278"
                + "18303030303030303130303030303030303030303030303031036f4164614045"
                + "78616d706c652e636f6d046341646105644b696e6706f4"),
        Exchange(
            testDescription: "an address nobody has", path: .of(FindUser.self), caller: "contracts",
            request: "a201781830303030303030313030303030303030303030303030303102726e6f"
                + "626f6479406578616d706c652e636f6d",
            reply: "a0"),
        Exchange(
            testDescription: "somebody whose address is none", path: .of(CheckNewUser.self),
            caller: "contracts",
            request: "a301666e6f626f647903644b696e67046f636f72726563742d686f7273652d31",
            reply: "a10181a20165656d61696c02781a6d75737420626520616e20652d6d61696c20"
                + "616464726573732e"),
        Exchange(
            testDescription: "somebody who is registered already", path: .of(RegisterUser.self),
            caller: "contracts",
            request: "a5017818303030303030303130303030303030303030303030303031026f6164"
                + "61406578616d706c652e636f6d036341646104644b696e67056f636f72726563"
                + "742d686f7273652d31",
            reply: "a101a60178183030303030303032303030303030303030303030303030320278"
                + "18303030303030303130303030303030303030303030303031036f4164614045"
                + "78616d706c652e636f6d046341646105644b696e6706f4"),
        Exchange(
            testDescription: "a role catalogue", path: .of(ListRoles.self), caller: "contracts",
            request: "a1017818303030303030303130303030303030303030303030303031",
            reply: "a10181a40169636f6e74726163747302666d656d6265720381781a636f6e7472"
                + "616374732e776f726b73706163652e63726561746504a162656e664d656d6265"
                + "72"),
        Exchange(
            testDescription: "a user who goes", path: .of(ReleaseUsers.self),
            caller: "deletion-orchestrator",
            request: "a201781830303030303030353030303030303030303030303030303502817818"
                + "303030303030303230303030303030303030303030303032",
            reply: "a10185a2016970617373776f7264730201a201686170695f6b6579730201a201"
                + "6873657373696f6e730201a201687373685f6b6579730200a201657573657273"
                + "0201"),
        Exchange(
            testDescription: "a contract's state", path: .of(ApplyContractState<Identity>.self),
            caller: "contracts",
            request: "a101a70178183030303030303034303030303030303030303030303030340278"
                + "183030303030303031303030303030303030303030303030310307046a737573"
                + "70656e64696e6705781830303030303030353030303030303030303030303030"
                + "30350666756e70616964071b0000018bcfe56800",
            reply: "a1676170706c696564a0"),
        Exchange(
            testDescription: "what there is of a contract: nothing",
            path: .of(CountKinds<Identity>.self), caller: "deletion-orchestrator",
            request: "a1017818303030303030303430303030303030303030303030303034",
            reply: "a10180"),
        Exchange(
            testDescription: "the seal of a deletion", path: .of(SealKinds<Identity>.self),
            caller: "deletion-orchestrator",
            request: "a201781830303030303030353030303030303030303030303030303502781830"
                + "3030303030303430303030303030303030303030303034",
            reply: "a0"),
    ]

    @Test("a request of these bytes is answered with these", arguments: exchanges)
    func golden(exchange: Exchange) async throws {
        try await RunningIdentity.with { identity in
            let reply = try await identity.call(
                exchange.path, Hex.bytes(exchange.request), as: exchange.caller)
            #expect(Hex.text(reply) == exchange.reply)
        }
    }

    @Test("every method has an exchange")
    func complete() {
        let covered = Set(Self.exchanges.map(\.path.declaration.name))
        #expect(covered == Set(Identity.methods.map(\.name)))
    }

    @Test(
        "what may be repeated is answered the same way again",
        arguments: exchanges.filter { $0.path.declaration.repetition != .unsafe })
    func replay(exchange: Exchange) async throws {
        try await RunningIdentity.with { identity in
            for _ in 0..<3 {
                let reply = try await identity.call(
                    exchange.path, Hex.bytes(exchange.request), as: exchange.caller)
                #expect(Hex.text(reply) == exchange.reply)
            }
        }
    }

    @Test("a state of an earlier epoch is superseded, also on the wire")
    func superseded() async throws {
        try await RunningIdentity.with { identity in
            let path = MethodPath.of(ApplyContractState<Identity>.self)
            let later =
                "a101a70178183030303030303034303030303030303030303030303030340278"
                + "183030303030303031303030303030303030303030303030310307046a737573"
                + "70656e64696e6705781830303030303030353030303030303030303030303030"
                + "30350666756e70616964071b0000018bcfe56800"
            let earlier =
                "a101a50178183030303030303034303030303030303030303030303030340278"
                + "1830303030303030313030303030303030303030303030303103060466616374"
                + "697665071b0000018bcfe56800"
            _ = try await identity.call(path, Hex.bytes(later), as: "contracts")
            let reply = try await identity.call(
                path, Hex.bytes(earlier), as: "contracts")
            #expect(Hex.text(reply) == "a16a73757065727365646564a162627907")
        }
    }
}
