import Identifiers
import IdentityAPI
import IdentityDomain
import RPC
import Testing

@testable import IdentityServer

@Suite("RegisterUser")
struct RegisterUserTests {
    @Test("the same person again is the same user")
    func replay() async throws {
        let identity = try await TestIdentity()
        let first = try await identity.service.registerUser(identity.registration())
        #expect(!first.user.isProtected)
        for email in ["ada@example.com", "ADA@EXAMPLE.COM"] {
            let again = try await identity.service.registerUser(identity.registration(email))
            #expect(again == first)
        }
        #expect(try await identity.count("user_account") == 2)
    }

    @Test("what would be wrong is told of the parts that are given, and nothing is stored")
    func checked() async throws {
        let identity = try await TestIdentity()
        func told(_ request: CheckNewUser) -> [String] {
            identity.service.checkNewUser(request).faults.map(\.part)
        }
        #expect(told(CheckNewUser()) == [])
        #expect(told(CheckNewUser(firstName: " ", password: "correct-horse-1")) == ["first_name"])
        #expect(
            told(CheckNewUser(email: "a..b@c", firstName: "A", lastName: "\t", password: "short"))
                == ["email", "last_name", "password", "password"])
        #expect(try await identity.count("user_account") == 1)
    }

    @Test("requests at the same time make one user")
    func atOnce() async throws {
        let identity = try await TestIdentity()
        let users = try await withThrowingTaskGroup(of: UserID.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    try await identity.service.registerUser(identity.registration()).user.user
                }
            }
            return try await group.reduce(into: Set<UserID>()) { $0.insert($1) }
        }
        #expect(users.count == 1)
        #expect(try await identity.count("user_account") == 2)
    }

    @Test("an address that belongs to another person is taken")
    func taken() async throws {
        let identity = try await TestIdentity()
        _ = try await identity.service.registerUser(identity.registration())
        let others = [
            identity.registration(first: "Eve"), identity.registration(last: "Eve"),
            identity.registration(password: "another-pass-9"),
            identity.registration(identity.admin.email, first: "Tenant", last: "Admin"),
        ]
        for request in others {
            await #expect(throws: IdentityRefusal.emailTaken) {
                try await identity.service.registerUser(request)
            }
        }
        #expect(IdentityRefusal.emailTaken.rpcError.code == .alreadyExists)
        #expect(try await identity.count("user_account") == 2)
    }

    @Test("guesses at the password by registering count towards the lock")
    func guesses() async throws {
        let identity = try await TestIdentity()
        _ = try await identity.service.registerUser(identity.registration())
        for _ in 0..<5 {
            _ = try? await identity.service.registerUser(
                identity.registration(password: "another-pass-9"))
        }
        #expect(
            try await identity.signIn("ada@example.com", TestIdentity.password) == .refused)
    }

    @Test("a request that is wrong makes nothing and says all that is wrong, without the values")
    func invalid() async throws {
        let identity = try await TestIdentity()
        let request = identity.registration("no-Address", first: "", password: "weakPass")
        do {
            _ = try await identity.service.registerUser(request)
            Issue.record("was taken")
        } catch let refusal as IdentityRefusal {
            let error = refusal.rpcError
            #expect(error.code == .invalidArgument)
            for field in ["email", "first_name", "password"] {
                #expect(error.message.contains(field))
            }
            #expect(!error.message.contains("no-Address") && !error.message.contains("weakPass"))
        }
        #expect(try await identity.count("user_account") == 1)
    }

    @Test("an unknown tenant is not found")
    func unknownTenant() async throws {
        let identity = try await TestIdentity()
        var request = identity.registration()
        request.tenant = TenantID(secondsSince1970: 9)
        await #expect(throws: IdentityRefusal.unknownTenant) {
            try await identity.service.registerUser(request)
        }
    }
}
