import IdentityDomain
import Testing

@Suite("API keys")
struct APIKeyTests {
    @Test("a key is the prefix and 256 random bits")
    func shape() {
        struct Counting: RandomNumberGenerator {
            var calls: UInt64 = 0
            mutating func next() -> UInt64 {
                self.calls += 1
                return self.calls
            }
        }
        var random = Counting()
        let key = APIKey(using: &random)
        #expect(key.text.hasPrefix("cov_"))
        #expect(key.text.utf8.count == 4 + 64)
        #expect(random.calls == 32)
        #expect(APIKey() != APIKey())
    }

    @Test("a key that was made is read again")
    func reads() {
        let key = APIKey()
        #expect(APIKey(key.text) == key)
    }

    @Test(
        "what cannot be a key is none",
        arguments: [
            "", "cov_", "cov_" + String(repeating: "0", count: 63),
            "cov_" + String(repeating: "0", count: 65), String(repeating: "0", count: 68),
            "cov_" + String(repeating: "0", count: 63) + "A",
            "COV_" + String(repeating: "0", count: 64),
            "cov_" + String(repeating: "0", count: 62) + "é",
        ])
    func refuses(text: String) {
        #expect(APIKey(text) == nil)
    }

    @Test("a key prints as nothing, whichever way it is printed")
    func redacted() {
        let key = APIKey()
        var dumped = ""
        dump((key, [key]), to: &dumped)
        for text in ["\(key)", String(reflecting: key), String(describing: [key]), dumped] {
            #expect(!text.contains(key.text.dropFirst(4)))
        }
    }
}
