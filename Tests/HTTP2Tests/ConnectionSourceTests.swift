import HTTP2
import NIOCore
import Testing

@Suite("Where a connection comes from")
struct ConnectionSourceTests {
    private static func source(_ address: String, port: Int = 1) throws -> ConnectionSource? {
        ConnectionSource(try SocketAddress(ipAddress: address, port: port))
    }

    @Test(
        "is the same for one party",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("192.0.2.1", "::ffff:192.0.2.1"),
            ("2001:db8:1:2::3", "2001:db8:1:2:ffff::4"),
        ])
    func same(one: String, other: String) throws {
        #expect(try Self.source(one, port: 1) == Self.source(other, port: 2))
    }

    @Test(
        "differs from party to party",
        arguments: [
            ("192.0.2.1", "192.0.2.2"), ("2001:db8:1:2::3", "2001:db8:1:3::3"), ("::1", "0.0.0.1"),
        ])
    func different(one: String, other: String) throws {
        #expect(try Self.source(one) != Self.source(other))
    }

    @Test("is not asked of Unix sockets: as many may come as the listener takes")
    func unixSocket() throws {
        let source = ConnectionSource(try SocketAddress(unixDomainSocketPath: "/tmp/a.sock"))
        #expect(source == nil)
        var sources = ConnectionSources(max: 0)
        let isAdded = sources.add(source)
        #expect(isAdded)
    }

    @Test("counts for as long as the connection is there")
    func counting() throws {
        let one = try Self.source("192.0.2.1")
        let other = try Self.source("192.0.2.2")
        var sources = ConnectionSources(max: 2)
        let before = [one, one, one, other].map { sources.add($0) }
        #expect(before == [true, true, false, true])
        sources.remove(one)
        let after = [one, one].map { sources.add($0) }
        #expect(after == [true, false])
    }
}
