import IdentityDomain
import Testing

@Suite("E-mail addresses")
struct EmailAddressTests {
    @Test(
        "an address of the dot-string form is read as it was given",
        arguments: [
            "admin@covenant.local", "a@b", "First.Last+tag@Example.COM", "o'neill@x-y.example",
            "!#$%&'*+-/=?^_`{|}~@e.example", "1@2.3",
            String(repeating: "l", count: 64) + "@example.com",
        ])
    func reads(text: String) {
        #expect(EmailAddress(text)?.text == text)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "@", "a@", "@b", "a", "a@b@c", "a b@c", "a@b c", ".a@b", "a.@b", "a..b@c",
            "a@.b", "a@b.", "a@b..c", "a@-b", "a@b-", "\"a\"@b", "a@[127.0.0.1]", "a@b_c",
            "ü@example.com", "a@exämple.com", "a\n@b", "a@b\r\n", "a:b@c", "a@b\0",
            String(repeating: "l", count: 65) + "@example.com",
            "a@" + String(repeating: "d", count: 64) + ".com",
            "a@"
                + Array(repeating: String(repeating: "d", count: 50), count: 5)
                .joined(separator: "."),
        ])
    func refuses(text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test("addresses are compared without regard to case")
    func folds() {
        #expect(EmailAddress("First@Example.COM")?.folded == "first@example.com")
        #expect(EmailAddress.fold("ÄB") == "Äb")
    }
}
