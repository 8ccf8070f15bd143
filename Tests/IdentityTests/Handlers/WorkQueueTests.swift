import Testing

@testable import IdentityServer

@Suite("The line for hashing")
struct WorkQueueTests {
    @Test(
        "so many work, so many wait, the rest is refused; those waiting go first come first served")
    func course() {
        var queue = WorkQueue<String>(runningMax: 2, waitingMax: 2)
        #expect(queue.admit("a") == .start)
        #expect(queue.admit("b") == .start)
        #expect(queue.admit("c") == .wait)
        #expect(queue.admit("d") == .wait)
        #expect(queue.admit("e") == .refuse)
        #expect(queue.finish() == "c")
        #expect(queue.admit("f") == .wait)
        #expect(queue.finish() == "d")
        #expect(queue.finish() == "f")
        #expect(queue.finish() == nil)
        #expect(queue.finish() == nil)
        #expect(queue.admit("g") == .start)
    }
}

@Suite("Password hashes")
struct PasswordHashTests {
    @Test("a hash is scrypt's, as RFC 7914 section 12 has it")
    func vector() throws {
        let hash = PasswordHash(
            work: ScryptWork(rounds: 16_384, blockSize: 8, parallelism: 1),
            salt: Array("SodiumChloride".utf8),
            hash: [
                0x70, 0x23, 0xbd, 0xcb, 0x3a, 0xfd, 0x73, 0x48, 0x46, 0x1c, 0x06, 0xcd, 0x81,
                0xfd, 0x38, 0xeb, 0xfd, 0xa8, 0xfb, 0xba, 0x90, 0x4f, 0x8e, 0x3e, 0xa9, 0xb5,
                0x43, 0xf6, 0x54, 0x5d, 0xa1, 0xf2,
            ])
        #expect(try hash.matches("pleaseletmein"))
        #expect(try !hash.matches("pleaseletmeout"))
    }

    @Test("the same password has another hash each time, and a decoy is nobody's")
    func salted() throws {
        let work = ScryptWork(rounds: 16, blockSize: 1, parallelism: 1)
        let first = try PasswordHash(of: "secret-1", work: work)
        let second = try PasswordHash(of: "secret-1", work: work)
        #expect(first.salt != second.salt && first.hash != second.hash)
        #expect(try first.matches("secret-1") && second.matches("secret-1"))
        #expect(try !PasswordHash.decoy(work: work).matches("secret-1"))
    }

    @Test("the work that is set by default is work scrypt can do")
    func defaults() async throws {
        let hasher = PasswordHasher(limits: IdentityLimits())
        let hash = try await hasher.hash("secret-1")
        #expect(hash.work == ScryptWork(rounds: 32_768, blockSize: 8, parallelism: 3))
        #expect(try await hasher.matches("secret-1", hash))
        #expect(try await !hasher.matches("secret-1", nil))
    }
}
