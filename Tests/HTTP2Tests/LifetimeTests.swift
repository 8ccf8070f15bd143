import AttackBench
import HTTP2
import Testing

/// How long a server keeps a connection, on a clock that the test moves.
@Suite("A server connection's life")
struct LifetimeTests {
    static func limits(_ change: (inout HTTP2Limits) -> Void) -> HTTP2Limits {
        var limits = HTTP2Limits.publicEdge
        limits.idleSecondsMax = 100_000
        limits.ageSecondsMax = 100_000
        limits.keepaliveSeconds = 100_000
        change(&limits)
        return limits
    }

    @Test("one without streams is told to end after the limit, and one in use is not")
    func idle() throws {
        let server = try EmbeddedServer(limits: Self.limits { $0.idleSecondsMax = 60 })
        try server.advance(seconds: 50)
        try server.send(Raw.request(1, [1]))
        #expect(server.status(1) == "200")
        try server.advance(seconds: 59)
        #expect(server.frames(.goAway).isEmpty)
        try server.advance(seconds: 2)
        #expect(server.goAway == Code.noError)
        // The notice, and without an answer to its PING the final word after a second.
        try server.advance(seconds: 2)
        #expect(server.frames(.goAway).count == 2)
        #expect(server.isClosed)
    }

    @Test("one that is old is told to end, within a tenth of the age, each at its own time")
    func age() throws {
        var ages: Set<Int> = []
        for _ in 0..<20 {
            let server = try EmbeddedServer(limits: Self.limits { $0.ageSecondsMax = 1000 })
            try server.advance(seconds: 899)
            #expect(server.frames(.goAway).isEmpty)
            var age = 899
            while server.frames(.goAway).isEmpty, age < 1102 {
                try server.advance(seconds: 1)
                age += 1
            }
            #expect((900...1101).contains(age))
            ages.insert(age)
        }
        #expect(ages.count > 5)
    }

    @Test("a silent peer is asked with a PING, and cut off when it does not answer")
    func keepalive() throws {
        let server = try EmbeddedServer(
            limits: Self.limits { limits in
                limits.keepaliveSeconds = 30
                limits.keepaliveAckSecondsMax = 10
            })
        try server.advance(seconds: 29)
        #expect(server.frames(.ping).isEmpty)
        try server.advance(seconds: 2)
        let ping = try #require(server.frames(.ping).first)
        try server.send(Raw.frame(.ping, flags: Raw.acknowledgement, ping.payload))
        try server.advance(seconds: 29)
        #expect(server.frames(.ping).count == 1)
        try server.advance(seconds: 2)
        #expect(server.frames(.ping).count == 2)
        try server.advance(seconds: 8)
        #expect(!server.isClosed)
        try server.advance(seconds: 3)
        #expect(server.isClosed)
    }
}
