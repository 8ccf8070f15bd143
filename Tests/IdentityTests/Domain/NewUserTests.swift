import IdentityDomain
import Testing

@Suite("What a new user gives")
struct NewUserTests {
    @Test("good parts are taken as they are")
    func takes() throws {
        let new = try NewUser(
            email: "Ada@Example.com", firstName: "Ada", lastName: "King-Noel", company: "Engines",
            password: "analytical1!", rule: PasswordRule())
        #expect(new.email.folded == "ada@example.com")
        #expect(new.company == "Engines")
    }

    @Test("all faults are told at once, and none tells the value")
    func allFaults() {
        do {
            _ = try NewUser(
                email: "Qx", firstName: " ", lastName: "a\u{7}Qx",
                company: String(repeating: "Qx", count: 51), password: "Qx", rule: PasswordRule())
            Issue.record("was taken")
        } catch {
            guard case .invalidUser(let faults) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(
                faults.map(\.field) == [
                    .email, .firstName, .lastName, .company, .password, .password,
                ])
            #expect(!faults.contains { $0.reason.contains("Qx") })
        }
    }

    @Test("printing what a new user gave does not show the password")
    func redacted() throws {
        let new = try NewUser(
            email: "a@b.example", firstName: "A", lastName: "B", password: "hidden-77-secret",
            rule: PasswordRule())
        var dumped = ""
        dump(new, to: &dumped)
        #expect(!"\(new) \(String(reflecting: new)) \(dumped)".contains("hidden-77-secret"))
    }
}
