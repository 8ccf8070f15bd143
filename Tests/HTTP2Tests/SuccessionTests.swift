import HTTP2
import NIOCore
import NIOPosix
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Who listens at an address when one server follows another.
@Suite("A listener and its successor", .timeLimit(.minutes(1)))
struct SuccessionTests {
    static let group = ConnectionTests.group

    static func listen(
        _ address: HTTP2Address, takesOver: Bool = false
    ) async throws -> HTTP2Listener {
        try await HTTP2Listener.bind(
            to: address, takesOver: takesOver,
            configuration: HTTP2ServerConfiguration(limits: .internalPeers), group: self.group
        ) { _ in EchoHandler() }
    }

    /// Makes a call on a connection of its own.
    static func call(_ address: HTTP2Address) async throws {
        let connection = try await HTTP2ClientConnection.connect(to: address, group: self.group)
        let response = try await connection.call(
            HTTP2ClientRequest(head: try ConnectionTests.head(), body: [1]))
        #expect(response.body == [1])
        connection.close()
        await connection.closed()
    }

    @Test("the successor's socket stays when the predecessor ends, whatever the order")
    func keepsSuccessor() async throws {
        let folder = try TemporaryFolder()
        let address = HTTP2Address.unixSocket(path: folder.file("s"))
        let first = try await Self.listen(address)
        try await Self.call(address)
        let second = try await Self.listen(address, takesOver: true)
        #expect(second.address == address)
        try await Self.call(address)
        #expect(first.connectionCount == 0)
        await first.drain(grace: .zero)
        try await Self.call(address)
        var status = stat()
        #expect(stat(folder.file("s"), &status) == 0 && status.st_mode & 0o777 == 0o600)
        await second.drain(grace: .zero)
        #expect(stat(folder.file("s"), &status) != 0)
        let left = try #require(opendir(folder.path))
        defer { closedir(left) }
        var names = 0
        while readdir(left) != nil { names += 1 }
        #expect(names == 2, "only . and .. are left")
    }

    @Test("a predecessor that has stopped listening but not ended leaves the path to others")
    func afterDrainBegan() async throws {
        let folder = try TemporaryFolder()
        let address = HTTP2Address.unixSocket(path: folder.file("s"))
        let handler = SignallingHandler()
        let first = try await HTTP2Listener.bind(
            to: address, configuration: HTTP2ServerConfiguration(limits: .internalPeers),
            group: Self.group
        ) { _ in handler }
        let connection = try await HTTP2ClientConnection.connect(to: address, group: Self.group)
        let held = Task {
            try await connection.call(HTTP2ClientRequest(head: try ConnectionTests.head()))
        }
        await handler.began.pass()
        let drain = Task { await first.drain(grace: .seconds(20)) }
        // The connection hears of the end only after the listener is closed.
        while connection.isAvailable { await Task.yield() }
        let second = try await Self.listen(address)
        try await Self.call(address)
        handler.release.open()
        #expect(try await held.value.status == 200)
        await drain.value
        // Draining again finds nothing of its own, even if the file's number is used again.
        await first.drain(grace: .zero)
        try await Self.call(address)
        await second.drain(grace: .zero)
    }

    @Test("a TCP port is shared only by those that say so")
    func port() async throws {
        let first = try await Self.listen(.tcp(host: "127.0.0.1", port: 0), takesOver: true)
        await #expect(throws: (any Error).self) { _ = try await Self.listen(first.address) }
        let second = try await Self.listen(first.address, takesOver: true)
        #expect(second.address == first.address)
        await first.drain(grace: .zero)
        for _ in 0..<10 { try await Self.call(second.address) }
        await second.drain(grace: .zero)
    }

    @Test("what is not a socket is not taken over")
    func notASocket() async throws {
        let folder = try TemporaryFolder()
        let file = open(folder.file("s"), O_CREAT | O_WRONLY, 0o600)
        close(file)
        await #expect(throws: HTTP2SetupError.self) {
            _ = try await Self.listen(.unixSocket(path: folder.file("s")), takesOver: true)
        }
        var status = stat()
        #expect(stat(folder.file("s"), &status) == 0)
    }
}
