import AttackBench
import Foundation
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
        private static func client(_ folder: TemporaryFolder) throws -> TLSConfiguration {
            var client = TLSConfiguration.makeClientConfiguration()
            client.trustRoots = .file(folder.file("ca.pem"))
            client.certificateChain = try NIOSSLCertificate.fromPEMFile(folder.file("client.pem"))
                .map { .certificate($0) }
            client.privateKey = .privateKey(
                try NIOSSLPrivateKey(file: folder.file("client.key"), format: .pem))
            client.applicationProtocols = ["h2"]
            return client
        }

        /// Attacks a listener with mutual TLS on the loop of the one that the neighbour calls.
        private static func attackTLS<Found: Sendable>(
            limits: HTTP2Limits = .internalPeers, within bounds: AttackBounds = AttackBounds(),
            _ attack:
                @escaping @Sendable (AttackBench<HTTP2Target>, HTTP2Listener, TemporaryFolder)
                async throws -> Found
        ) async throws -> (found: Found, reasons: Termination) {
            let folder = try TemporaryFolder()
            let tls = try TestCertificates.write(to: folder).server.serverContext()
            let result = try await AttackBench.run(within: bounds) { bench in
                try await bench.withListener(
                    limits: limits, tls: tls, at: HTTP2Address("127.0.0.1:0")
                ) { listener, reasons in
                    (try await attack(bench, listener, folder), reasons)
                }
            }
            return result.found
        }

        @Test(
            "TLS before 1.2 is refused",
            arguments: [
                (TLSVersion.tlsv1, false), (.tlsv11, false), (.tlsv12, true), (.tlsv13, true),
            ])
        func oldTLS(version: TLSVersion, isTaken: Bool) async throws {
            // A handshake takes as long as the machine is busy.
            var limits = HTTP2Limits.internalPeers
            limits.prefaceSecondsMax = 60
            let result = try await Self.attackTLS(limits: limits) { _, listener, folder in
                var patient = HTTP2ClientLimits()
                patient.connectSecondsMax = 60
                var configuration = try Self.client(folder)
                configuration.minimumTLSVersion = version
                configuration.maximumTLSVersion = version
                let context = try NIOSSLContext(configuration: configuration)
                do {
                    let connection = try await HTTP2ClientConnection.connect(
                        to: listener.address, tls: context, serverName: "localhost",
                        limits: patient,
                        group: MultiThreadedEventLoopGroup.singleton)
                    let head = try HTTP2RequestHead(
                        method: "POST", scheme: "https", authority: "test", path: "/echo")
                    let response = try await connection.call(
                        HTTP2ClientRequest(head: head, body: [1]))
                    connection.close()
                    return response.body == [1]
                } catch is HTTP2ClientError {
                    return false
                }
            }
            #expect(result.found == isTaken)
        }

        @Test("a client that wants to negotiate TLS anew is cut off")
        func renegotiation() async throws {
            var limits = HTTP2Limits.internalPeers
            limits.prefaceSecondsMax = 60
            let result = try await Self.attackTLS(limits: limits) { _, listener, folder in
                guard case .tcp(_, let port) = listener.address else { throw POSIXError(.EINVAL) }
                let (commands, said) = (folder.file("commands"), folder.file("said"))
                // Its input stays open, for that one's end would end the client.
                let client = try Program(
                    "sh",
                    [
                        "-c",
                        """
                        mkfifo "$0" && exec openssl s_client -tls1_2 -alpn h2 -CAfile "$1/ca.pem" \
                        -cert "$1/client.pem" -key "$1/client.key" -connect "127.0.0.1:$2" \
                        <>"$0" >"$3"
                        """, commands, folder.path, String(port), said,
                    ])
                // Once it has the server's SETTINGS, nothing more is on its way to it.
                while !Self.contents(said).contains([4, 0, 0, 0, 0, 0, 0, 3]) { await Task.yield() }
                try FileHandle(forWritingTo: URL(filePath: commands)).write(
                    contentsOf: Data("R\n".utf8))
                let errors = try await client.result().errors
                while listener.connectionCount > 0 { await Task.yield() }
                return (said: String(decoding: Self.contents(said), as: UTF8.self), errors: errors)
            }
            #expect(result.found.said.contains("Protocol  : TLSv1.2"), "\(result.found.said)")
            #expect(result.found.said.contains("ALPN protocol: h2"))
            #expect(result.found.errors.contains("RENEGOTIATING"), "\(result.found.errors)")
            // Its second greeting is answered by the end of the connection.
            #expect(result.found.errors.contains("unexpected eof"), "\(result.found.errors)")
        }

        private static func contents(_ path: String) -> [UInt8] {
            (FileManager.default.contents(atPath: path)).map { [UInt8]($0) } ?? []
        }

        @Test(
            "TLS handshakes that never come to an end are cut off",
            arguments: [[], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]] as [[UInt8]])
        func slowHandshake(bytes: [UInt8]) async throws {
            var limits = HTTP2Limits.internalPeers
            limits.prefaceSecondsMax = 0
            // What TLS takes for a connection, a hundred times.
            let bounds = AttackBounds(heldBytesMax: 24 << 20)
            let result = try await Self.attackTLS(limits: limits, within: bounds) {
                bench, listener, _ in
                let peers = try (0..<100).map { _ in
                    let peer = try bench.connect(.text, to: listener.address)
                    peer.send(bytes)
                    return peer
                }
                for peer in peers { peer.receiveToEnd() }
                return peers.allSatisfy { $0.isClosed }
            }
            #expect(result.found)
            #expect(result.reasons.all.count == 100)
            #expect(Set(result.reasons.all) == ["no preface came"])
        }

        @Test("connections of one address beyond its limit are closed at once, others are served")
        func connectionsPerAddressMax() async throws {
            var limits = HTTP2Limits.publicEdge
            limits.connectionsPerAddressMax = 8
            let report = try await AttackBench.run { [limits] bench in
                // The neighbour comes by a Unix socket.
                try await bench.withListener(limits: limits, at: HTTP2Address("127.0.0.1:0")) {
                    listener, _ in
                    let peers = try (0..<30).map { _ in
                        let peer = try bench.connect(.frames, to: listener.address)
                        peer.send(Raw.hello + Raw.request(1, [1]))
                        _ = peer.receive { $0.status(1) != nil }
                        return peer
                    }
                    return peers.map(\.seen.isClosed)
                }
            }
            #expect(report.found == (0..<30).map { $0 >= 8 })
        }

        @Test(
            "what is no TLS is cut off at once on a TLS port, however much it is",
            arguments: [
                Raw.hello, Array("GET / HTTP/1.1\r\n\r\n".utf8),
                // A record of TLS 1.2 that is larger than any may be (RFC 8446 section 5.1).
                [0x16, 0x03, 0x03, 0xff, 0xff] + [UInt8](repeating: 1, count: 1 << 20),
            ])
        func clearText(bytes: [UInt8]) async throws {
            let result = try await Self.attackTLS { bench, listener, _ in
                try (0..<20).map { _ in
                    let peer = try bench.connect(.text, to: listener.address)
                    peer.send(bytes)
                    peer.receiveToEnd()
                    return peer.text.utf8.count
                }
            }
            // An alert at the most, and no frame.
            #expect(result.found.allSatisfy { $0 < 16 })
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
                var limits = HTTP2Limits.publicEdge
                // Those who wait to be accepted wait to greet, too.
                limits.prefaceSecondsMax = 60
                let report = try await AttackBench.run(limits: limits) { bench in
                    var peers = [try bench.attacker()]
                    peers[0].send(Raw.request(1, [1]))
                    #expect(peers[0].receive { $0.status(1) == "200" })
                    let most = Self.limitLeaving(40)
                    var limit = rlimit(rlim_cur: most, rlim_max: most)
                    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
                    while let peer = try? bench.connect(.frames), peers.count < 100 {
                        peers.append(peer)
                    }
                    #expect(peers.count < 100, "there was no end to descriptors")
                    // Whom it has accepted is still served.
                    #expect(peers[0].send(Raw.request(3, [1])))
                    #expect(peers[0].receive { $0.status(3) == "200" })
                    peers.removeLast(peers.count * 3 / 4)
                    // Whoever waits is accepted by and by, and so are new ones.
                    peers.append(try bench.connect(.frames))
                    return peers.dropFirst().map { peer in
                        peer.send(Raw.hello + Raw.request(1, [1]))
                        return peer.receive { $0.status(1) == "200" }
                    }
                }
                #expect(report.found.count > 1)
                #expect(report.found.allSatisfy { $0 })
                #expect(report.terminations.isEmpty)
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
