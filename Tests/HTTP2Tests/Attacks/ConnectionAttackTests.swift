import HTTP2
import NIOCore
import NIOPosix
import NIOSSL
import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Attacks {
    /// What can be done to a listener before HTTP/2 begins.
    @Suite("connection attacks", .timeLimit(.minutes(1)))
    struct ConnectionAttackTests {
        private static let group = MultiThreadedEventLoopGroup.singleton

        private static func listener(
            folder: TemporaryFolder, limits: HTTP2Limits = .internalPeers, reasons: Termination
        ) async throws -> HTTP2Listener {
            let files = try TestCertificates.write(to: folder)
            return try await HTTP2Listener.bind(
                to: HTTP2Address("127.0.0.1:0"), tls: try files.server.serverContext(),
                configuration: HTTP2ServerConfiguration(limits: limits) { reasons.note($1) },
                group: self.group
            ) { _ in EchoHandler() }
        }

        @Test(
            "TLS before 1.2 is refused",
            arguments: [
                (TLSVersion.tlsv1, false), (.tlsv11, false), (.tlsv12, true), (.tlsv13, true),
            ])
        func oldTLS(version: TLSVersion, isTaken: Bool) async throws {
            let folder = try TemporaryFolder()
            let listener = try await Self.listener(folder: folder, reasons: Termination())
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = version
            configuration.maximumTLSVersion = version
            configuration.trustRoots = .file(folder.file("ca.pem"))
            configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(
                folder.file("client.pem")
            ).map { .certificate($0) }
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: folder.file("client.key"), format: .pem))
            configuration.applicationProtocols = ["h2"]
            let context = try NIOSSLContext(configuration: configuration)
            do {
                let connection = try await HTTP2ClientConnection.connect(
                    to: listener.address, tls: context, serverName: "localhost", group: Self.group)
                let head = try HTTP2RequestHead(
                    method: "POST", scheme: "https", authority: "test", path: "/echo")
                let response = try await connection.call(HTTP2ClientRequest(head: head, body: [1]))
                #expect(response.body == [1])
                #expect(isTaken)
                connection.close()
            } catch is HTTP2ClientError {
                #expect(!isTaken)
            }
            await listener.drain(grace: .zero)
        }

        @Test(
            "a TLS handshake that never comes to an end is cut off",
            arguments: [[], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]] as [[UInt8]])
        func slowHandshake(bytes: [UInt8]) async throws {
            var limits = HTTP2Limits.internalPeers
            limits.prefaceSecondsMax = 0
            let folder = try TemporaryFolder()
            let reasons = Termination()
            let listener = try await Self.listener(folder: folder, limits: limits, reasons: reasons)
            let address = listener.address
            let seen = try await AttackBench.onThread {
                Result {
                    let peer = try RawPeer(address)
                    peer.send(bytes)
                    peer.receiveToEnd()
                    return peer.seen
                }
            }.get()
            #expect(seen.isClosed)
            await listener.drain(grace: .zero)
            #expect(reasons.all == ["no preface came"])
        }

        @Test("HTTP/2 in the clear to a TLS port is cut off at once")
        func clearText() async throws {
            let folder = try TemporaryFolder()
            let listener = try await Self.listener(folder: folder, reasons: Termination())
            let address = listener.address
            let seen = try await AttackBench.onThread {
                Result {
                    let peer = try RawPeer(address)
                    peer.send(Raw.hello)
                    peer.receiveToEnd()
                    return peer.seen
                }
            }.get()
            #expect(seen.isClosed)
            #expect(seen.goAway == nil)
            await listener.drain(grace: .zero)
        }

        #if os(Linux)
            @Test("out of descriptors, a listener waits and then accepts again")
            func descriptors() async {
                await #expect(processExitsWith: .success) {
                    try await Attacks.ConnectionAttackTests.exhaustDescriptors()
                }
            }

            /// In a process of its own: nobody else could open a file meanwhile.
            private static func exhaustDescriptors() async throws {
                let folder = try TemporaryFolder()
                var limits = HTTP2Limits.publicEdge
                // Those who wait to be accepted wait to greet, too.
                limits.prefaceSecondsMax = 60
                let listener = try await HTTP2Listener.bind(
                    to: .unixSocket(path: folder.file("s")),
                    configuration: HTTP2ServerConfiguration(limits: limits), group: Self.group
                ) { _ in EchoHandler() }
                var peers = [try RawPeer(listener.address)]
                peers[0].send(Raw.hello + Raw.request(1, [1]))
                peers[0].receive { $0.status(1) == "200" }
                let most = Self.limitLeaving(40)
                var limit = rlimit(rlim_cur: most, rlim_max: most)
                setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                while let peer = try? RawPeer(listener.address), peers.count < 100 {
                    peers.append(peer)
                }
                precondition(peers.count < 100, "there was no end to descriptors")
                // Whom it has accepted is still served.
                precondition(peers[0].send(Raw.request(3, [1])))
                precondition(peers[0].receive { $0.status(3) == "200" })
                peers.removeLast(peers.count * 3 / 4)
                // Whoever waits is accepted by and by, and so are new ones.
                let late = try RawPeer(listener.address)
                precondition(late.send(Raw.hello + Raw.request(1, [1])))
                precondition(late.receive { $0.status(1) == "200" })
                for peer in peers.dropFirst() {
                    peer.send(Raw.hello + Raw.request(1, [1]))
                    precondition(peer.receive { $0.status(1) == "200" })
                }
            }

            /// The limit under which so many more files can be opened, whatever was inherited.
            private static func limitLeaving(_ count: Int) -> rlim_t {
                var number: Int32 = 0
                var left = count
                while left > 0 {
                    if fcntl(number, F_GETFD) < 0 { left -= 1 }
                    number += 1
                }
                return rlim_t(number)
            }
        #endif
    }
}
