import ContractsDomain
import ContractsFakes
import Identifiers
import IdentityAPI
import RPC
import Storage
import TestKit
import Testing

@testable import ContractsServer

@Suite("Asking identity for the roles of a tenant never heard of")
struct RoleCatalogueQuestionTests {
    /// Identity, whose first answer waits for a door to be opened.
    private final class Identity: Sendable {
        let peers = FakePeers()
        let door = Gate()
        let asked = Gate()
        let questions = Journal<TenantID>()

        init(fails: Bool = false) {
            self.peers.identity.on(ListRoles.self) { [questions, door, asked] request in
                questions.append(request.tenant)
                let number = questions.entries.count
                asked.open()
                if number == 1 { await door.pass() }
                if fails, number == 1 { throw RPCError(.internal, "away") }
                return .init(roles: [
                    Role(scope: "contracts", name: "role\(number)", permissions: [], titles: [:])
                ])
            }
        }

        var catalogues: RoleCatalogues {
            RoleCatalogues(
                identity: self.peers.clients.identity, clock: SystemWallClock(),
                lifetimeMilliseconds: 10_000)
        }
    }

    private static func roles(
        _ catalogues: RoleCatalogues, _ tenant: TenantID = FakePeers.tenant
    ) async throws -> [String] {
        try await catalogues.catalogue(of: tenant).entries.map(\.role.name)
    }

    @Test("any number who want them at once are answered by one question", .timeLimit(.minutes(1)))
    func together() async throws {
        let identity = Identity()
        let catalogues = identity.catalogues
        let answers = (0..<500).map { _ in
            Task.immediate { try await Self.roles(catalogues) }
        }
        answers[0].cancel()
        await identity.asked.pass()
        identity.door.open()
        for answer in answers { #expect(try await answer.value == ["role1"]) }
        #expect(try await Self.roles(catalogues) == ["role1"])
        #expect(identity.questions.entries.count == 1)
    }

    @Test("when the one question fails, the next who wants them asks again")
    func failing() async throws {
        let identity = Identity(fails: true)
        let catalogues = identity.catalogues
        let answers = (0..<3).map { _ in
            Task.immediate { try await Self.roles(catalogues) }
        }
        await identity.asked.pass()
        identity.door.open()
        for answer in answers {
            await #expect(throws: RPCError.self) { try await answer.value }
        }
        #expect(try await Self.roles(catalogues) == ["role2"])
    }

    @Test("an answer that was asked for before the roles were replaced is not kept")
    func replaced() async throws {
        let identity = Identity()
        let catalogues = identity.catalogues
        let early = Task.immediate { try await Self.roles(catalogues) }
        await identity.asked.pass()
        catalogues.forget(FakePeers.tenant)
        #expect(try await Self.roles(catalogues) == ["role2"])
        identity.door.open()
        #expect(try await early.value == ["role1"])
        #expect(try await Self.roles(catalogues) == ["role2"])
    }
}
