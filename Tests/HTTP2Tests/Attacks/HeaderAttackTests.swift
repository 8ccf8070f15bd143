import AttackBench
import HTTP2
import Testing

extension Attacks {
    /// Header blocks that are large, slow or not what they seem.
    @Suite("header attacks", .timeLimit(.minutes(1)))
    struct HeaderAttackTests {
        /// Sends bytes on stream 1, waits for its answer or the end, and says what came.
        private static func exchange(
            _ bytes: [UInt8], byteByByte: Bool = false, limits: HTTP2Limits = .publicEdge
        ) async throws -> AttackBench<HTTP2Target>.Report<SeenByAttacker> {
            try await AttackBench.run(limits: limits) { bench in
                let peer = try bench.attacker()
                if byteByByte {
                    for byte in bytes { peer.send([byte]) }
                } else {
                    peer.send(bytes)
                }
                peer.receive { $0.status(1) != nil || !$0.frames(.resetStream).isEmpty }
                let isAlive =
                    peer.send(Raw.request(101, [7])) && peer.receive { $0.bodies[101] == [7] }
                var seen = peer.seen
                seen.isClosed = !isAlive
                return seen
            }
        }

        @Test("eight CONTINUATION frames that come byte by byte are an ordinary header block")
        func dribbledContinuations() async throws {
            var bytes = Raw.frame(.headers, flags: Raw.endStream, stream: 1, Raw.requestFields())
            for index in 0..<8 {
                bytes += Raw.frame(
                    .continuation, flags: index == 7 ? Raw.endHeaders : 0, stream: 1,
                    Raw.field("x", "y"))
            }
            let report = try await Self.exchange(bytes, byteByByte: true)
            #expect(report.found.statuses[1] == 200)
            #expect(!report.found.isClosed)
        }

        @Test("a header list that grows by references ends the connection (HPACK bomb)")
        func compressionBomb() async throws {
            // 128 KiB that would become half a gigabyte.
            let large = String(repeating: "a", count: 4000)
            var bytes = Raw.frame(
                .headers, flags: Raw.endStream, stream: 1,
                Raw.requestFields(Raw.indexedField("x", large)))
            for index in 0..<8 {
                bytes += Raw.frame(
                    .continuation, flags: index == 7 ? Raw.endHeaders : 0, stream: 1,
                    [UInt8](repeating: 0xbe, count: 16_384))
            }
            let report = try await Self.exchange(bytes)
            #expect(report.found.goAway == Code.enhanceYourCalm)
            #expect(report.found.debugText == "header list too large")
            #expect(report.terminations == ["header list too large"])
        }

        @Test("a bomb in the trailers ends the connection too")
        func trailerBomb() async throws {
            let large = String(repeating: "a", count: 4000)
            let trailers = Raw.indexedField("x", large) + [UInt8](repeating: 0xbe, count: 10_000)
            let report = try await Self.exchange(
                Raw.headers(1) + Raw.headers(1, end: true, trailers))
            #expect(report.found.goAway == Code.enhanceYourCalm)
            #expect(report.found.debugText == "header list too large")
        }

        @Test(
            "a header list over the limit is answered with 431, far over it with GOAWAY",
            arguments: [
                (15, 0, 200), (17, 0, 431), (60, 0, 431), (70, 0, nil), (0, 90, 200), (0, 110, 431),
                (0, 240, 431), (0, 260, nil),
            ] as [(Int, Int, Int?)])
        func large(kibibytes: Int, fields: Int, status: Int?) async throws {
            var block = Raw.requestFields()
            for _ in 0..<kibibytes { block += Raw.field("n", String(repeating: "v", count: 991)) }
            for _ in 0..<fields { block += Raw.field("n", "") }
            var bytes: [UInt8] = []
            var rest = block[...]
            while !rest.isEmpty {
                let piece = Array(rest.prefix(16_384))
                rest = rest.dropFirst(16_384)
                bytes += Raw.frame(
                    bytes.isEmpty ? .headers : .continuation,
                    flags: (rest.isEmpty ? Raw.endHeaders : 0)
                        | (bytes.isEmpty ? Raw.endStream : 0),
                    stream: 1, piece)
            }
            let report = try await Self.exchange(bytes)
            #expect(report.found.statuses[1] == status)
            #expect(report.found.isClosed == (status == nil))
            #expect(report.found.goAway == (status == nil ? Code.enhanceYourCalm : nil))
        }

        /// A request for something that is not quite a resource here.
        struct Oddity: Sendable {
            let name: String
            var method = "GET"
            var scheme: String? = "http"
            var authority: String? = "test"
            var path: String? = "/echo"
            var host: [String] = []
            /// The answer; `nil` for RST_STREAM(PROTOCOL_ERROR).
            let status: Int?

            var fields: [UInt8] {
                let pseudo = [
                    (":method", self.method), (":scheme", self.scheme),
                    (":authority", self.authority), (":path", self.path),
                ]
                return pseudo.flatMap { name, value in value.map { Raw.field(name, $0) } ?? [] }
                    + self.host.flatMap { Raw.field("host", $0) }
            }
        }

        static let oddities: [Oddity] = [
            Oddity(name: "host as the authority", host: ["test"], status: 200),
            Oddity(name: "host without an authority", authority: nil, host: ["test"], status: 200),
            Oddity(name: "another host", host: ["other"], status: 400),
            Oddity(name: "no host at all", authority: nil, status: nil),
            Oddity(name: "two hosts", host: ["test", "test"], status: nil),
            Oddity(name: "a user in the authority", authority: "user@test", status: 400),
            Oddity(name: "a user in the host", authority: nil, host: ["user@test"], status: 400),
            Oddity(name: "an empty authority", authority: "", status: nil),
            Oddity(name: "the scheme ftp", scheme: "ftp", status: 400),
            Oddity(name: "the scheme https", scheme: "https", status: 200),
            Oddity(name: "no scheme", scheme: nil, status: nil),
            Oddity(name: "CONNECT", method: "CONNECT", scheme: nil, path: nil, status: 405),
            Oddity(name: "CONNECT with a path", method: "CONNECT", status: nil),
            Oddity(name: "an empty path", path: "", status: nil),
            Oddity(name: "a path without a slash", path: "echo", status: nil),
            Oddity(name: "* for a GET", path: "*", status: nil),
            Oddity(name: "a space in the path", path: "/a b", status: nil),
            Oddity(name: "a line break in the path", path: "/a\r\nx: y", status: nil),
            Oddity(name: "a space in the method", method: "GET /", status: nil),
        ]

        @Test("requests that could be taken for others are refused")
        func odd() async throws {
            let report = try await AttackBench.run { bench in
                try Self.oddities.map { oddity in
                    let peer = try bench.attacker()
                    peer.send(Raw.headers(1, end: true, oddity.fields))
                    peer.receive { $0.status(1) != nil || !$0.frames(.resetStream).isEmpty }
                    peer.send(Raw.request(101, [7]))
                    #expect(peer.receive { $0.bodies[101] == [7] }, "\(oddity.name)")
                    return peer.seen
                }
            }
            for (oddity, seen) in zip(Self.oddities, report.found) {
                #expect(seen.statuses[1] == oddity.status, "\(oddity.name)")
                let resets = oddity.status == nil ? [Code.protocolError] : []
                #expect(seen.resets == resets, "\(oddity.name)")
            }
            #expect(report.terminations.isEmpty)
        }
    }
}
