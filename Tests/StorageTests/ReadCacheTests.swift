import Storage
import Testing

@Suite("What is kept of reads")
struct ReadCacheTests {
    @Test("what is kept stays within its bound, and goes with its version")
    func bound() {
        let cache = ReadCache<Int, String>(entriesMax: 2)
        cache.keep("one", of: 1, readAt: 7)
        #expect(cache.value(of: 1, at: 7) == "one")
        #expect(cache.value(of: 1, at: 8) == nil)
        cache.keep("two", of: 2, readAt: 8)
        cache.keep("three", of: 3, readAt: 8)
        #expect(cache.value(of: 2, at: 8) == "two")
        #expect(cache.value(of: 3, at: 8) == "three")
        cache.keep("four", of: 4, readAt: 8)
        #expect((1...4).count { cache.value(of: $0, at: 8) != nil } <= 2)
    }
}
