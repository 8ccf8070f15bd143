import ContractsFakes
import Identifiers
import IdentityAPI
import RPC
import TestKit
import Testing

@testable import ContractsServer

@Suite("Asking identity who somebody is")
struct PersonLookUpTests {
    /// Identity, whose first answer waits for a door to be opened.
    private final class Identity: Sendable {
        let peers = FakePeers()
        let door = Gate()
        let questions = Journal<[UserID]>()
        let users: [UserID]

        init(failing: @escaping @Sendable ([UserID]) -> Bool = { _ in false }) {
            let peers = self.peers
            let known = (1...10).map { peers.addPerson("user\($0)@example.com") }
            self.users = known
            self.peers.identity.on(GetUsers.self) { [questions, door] request in
                questions.append(request.users)
                if questions.entries.count == 1 { await door.pass() }
                if failing(request.users) { throw RPCError(.unavailable, "away") }
                return .init(
                    users: request.users.filter(known.contains).map { user in
                        UserSummary(
                            user: user, tenant: FakePeers.tenant, email: "\(user)@example.com",
                            firstName: "A", lastName: "B", isProtected: false)
                    })
            }
        }

        var lookUp: PersonLookUp { PersonLookUp(identity: self.peers.clients.identity) }
    }

    @Test("many who ask at once are answered by two questions, each with their own")
    func together() async throws {
        let identity = Identity()
        let lookUp = identity.lookUp
        let stranger = UserID(secondsSince1970: 1)
        let asked = identity.users + [stranger]
        let answers = asked.map { user in
            Task.immediate { try await lookUp.person(user)?.user }
        }
        identity.door.open()
        for (user, answer) in zip(asked, answers) {
            #expect(try await answer.value == (user == stranger ? nil : user))
        }
        #expect(identity.questions.entries == [[asked[0]], Array(asked.dropFirst())])
        #expect(try await lookUp.person(asked[3])?.user == asked[3])
        #expect(identity.questions.entries.count == 3)
    }

    @Test("when the question for all fails, only its asker fails and the others ask alone")
    func failing() async throws {
        let identity = Identity { $0.count > 1 }
        let lookUp = identity.lookUp
        let answers = identity.users.prefix(4).map { user in
            Task.immediate { try await lookUp.person(user)?.user }
        }
        identity.door.open()
        var results: [Bool] = []
        for answer in answers { results.append((try? await answer.value) != nil) }
        #expect(results == [true, false, true, true])
        #expect(Set(identity.questions.entries.map(\.count)) == [1, 3])
        #expect(identity.questions.entries.count == 4)
    }

    @Test(
        "whoever is cancelled while asking for all leaves nobody waiting", .timeLimit(.minutes(1)))
    func cancelled() async throws {
        let identity = Identity()
        let lookUp = identity.lookUp
        let first = Task.immediate { try await lookUp.person(identity.users[0])?.user }
        let others = identity.users.dropFirst().map { user in
            Task.immediate { try await lookUp.person(user)?.user }
        }
        others[0].cancel()
        identity.door.open()
        #expect(try await first.value == identity.users[0])
        for (user, other) in zip(identity.users.dropFirst(2), others.dropFirst()) {
            #expect(try await other.value == user)
        }
        #expect(try await lookUp.person(identity.users[0])?.user == identity.users[0])
    }
}
