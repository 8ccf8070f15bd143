import IdentityDomain
import Testing

@Suite("The password rule")
struct PasswordRuleTests {
    @Test(
        "a password with letters, digits and special characters is taken",
        arguments: ["secret1!", "aaaaaa1 ", "пароль1!", "12345678a-", "é1~~~~~~"])
    func takes(password: String) {
        #expect(PasswordRule().faults(of: password) == [])
    }

    @Test(
        "every fault is named",
        arguments: [
            ("", ["must have at least 8 characters.", kinds]),
            ("a1!", ["must have at least 8 characters."]),
            ("abcdefgh", [kinds]), ("abcdefg1", [kinds]), ("1234567!", [kinds]),
            ("abcdefg!", [kinds]), ("        ", [kinds]),
            (String(repeating: "a1!", count: 342), ["must have at most 1024 bytes."]),
            (
                "cov_" + String(repeating: "0f", count: 32),
                ["must not look like an API key."]
            ),
        ])
    func refuses(password: String, faults: [String]) {
        #expect(PasswordRule().faults(of: password) == faults)
    }

    @Test("the rule follows its settings")
    func settings() {
        let rule = PasswordRule(charactersMin: 3, bytesMax: 4, kindsMin: 2)
        #expect(rule.faults(of: "ab1") == [])
        #expect(
            rule.faults(of: "abcde") == [
                "must have at most 4 bytes.",
                "must have 2 of: letters, digits, special characters.",
            ])
    }

    static let kinds = "must have letters, digits and special characters."
}
