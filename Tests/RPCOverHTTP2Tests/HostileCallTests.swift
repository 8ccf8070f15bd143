import AttackBench
import HTTP2
import RPC
import RPCOverHTTP2
import TestKit
import Testing

/// What callers may try against a real listener, while a neighbour's calls go on.
@Suite("hostile calls", .serialized, .timeLimit(.minutes(1)))
struct HostileCallTests {
    private static let sequence = [("content-type", "application/cbor-seq")]

    /// Paths that are not byte for byte a method's.
    private static let strangers = [
        "/rpc/test.v1/echo", "/rpc/test.v1/Echo/", "/rpc/test.v1/Echo#x", "/rpc//test.v1/Echo",
        "/rpc/./test.v1/Echo", "/rpc/x/../test.v1/Echo", "/rpc/test.v1/%45cho",
        "/rpc/test.v1/Echo%00", "/rpc/test.v1/\u{c9}cho", "/RPC/test.v1/Echo", "/rpc/test.v1",
        "/rpc/test.v1/", "/", "/rpc/test.v1/Echo;x", "/rpc/test.v1/Echo?x",
    ].map { RawCall(name: "the path \($0)", path: $0, status: 501, code: "unimplemented") }

    /// `{"text": …}` up to where the value begins.
    private static let textOf: [UInt8] = [0xa1, 0x64] + Array("text".utf8)

    private static let calls: [RawCall] = [
        RawCall(
            name: "a scheme that is not HTTP's", scheme: "ftp", status: 400,
            code: "invalid_argument"),
        RawCall(
            name: "a header over the limit",
            fields: [("x", String(repeating: "y", count: 20_000))],
            status: 431, code: "resource_exhausted"),
        RawCall(
            name: "another content type", fields: [("content-type", "application/json")],
            status: 415, code: "invalid_argument"),
        RawCall(
            name: "a message over the limit", path: "/rpc/test.v1/Fail",
            body: [UInt8](repeating: 0, count: RPCTarget.failBytesMax + 1), status: 413,
            code: "resource_exhausted"),
        RawCall(
            name: "a mebibyte of arrays in arrays", body: [UInt8](repeating: 0x81, count: 1 << 20),
            status: 400, code: "invalid_argument"),
        RawCall(
            name: "a text of nearly all memory",
            body: Self.textOf + [0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x61],
            status: 400, code: "invalid_argument"),
        RawCall(
            name: "an array of four billion", body: Self.textOf + [0x9a, 0xff, 0xff, 0xff, 0xff],
            status: 400, code: "invalid_argument"),
        RawCall(
            name: "a map that never ends", body: [0xbf] + WireTests.echo.dropFirst(), status: 400,
            code: "invalid_argument"),
        RawCall(
            name: "two items", body: WireTests.echo + WireTests.echo, status: 400,
            code: "invalid_argument"),
        RawCall(
            name: "a key twice",
            body: [0xa2] + WireTests.echo.dropFirst() + WireTests.echo.dropFirst(), status: 400,
            code: "invalid_argument"),
        RawCall(
            name: "a GET of more than it may carry", method: "GET",
            path: "/rpc/test.v1/Echo?m=" + String(repeating: "A", count: 4100), fields: [],
            body: [], status: 429, code: "resource_exhausted"),
        RawCall(
            name: "an element of nearly all memory", path: "/rpc/wire.v1/Gather",
            fields: Self.sequence,
            body: StreamWireTests.add(1) + [0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            status: 429, code: "resource_exhausted"),
        RawCall(
            name: "an end map in a request", path: "/rpc/wire.v1/Gather", fields: Self.sequence,
            body: StreamWireTests.add(1) + [0xa0], status: 400, code: "invalid_argument"),
        RawCall(
            name: "time that has run out",
            fields: [("content-type", "application/cbor"), ("rpc-timeout-ms", "0")], status: 504,
            code: "deadline_exceeded"),
    ]

    @Test("each call that is not quite one is refused with its code, and the next is answered")
    func refused() async throws {
        let calls = Self.strangers + Self.calls
        let seen = try await AttackBench.run { bench in
            let peer = try bench.attacker()
            let good = RawCall(name: "", status: 200, code: nil)
            for index in calls.indices {
                let stream = UInt32(index * 4 + 1)
                peer.send(calls[index].frames(stream) + good.frames(stream + 2))
                peer.receive { $0.status(stream + 2) != nil && $0.status(stream) != nil }
            }
            return peer.seen
        }
        for (index, call) in calls.enumerated() {
            let stream = UInt32(index * 4 + 1)
            #expect(seen.statuses[stream] == call.status, "\(call.name)")
            #expect(seen.fields[stream]?["rpc-code"] == call.code, "\(call.name)")
            #expect(seen.statuses[stream + 2] == 200, "after \(call.name)")
        }
        #expect(!seen.isClosed)
    }

    @Test("calls beyond the handlers allowed are told early to come back, until a handler ends")
    func overload() async throws {
        var limits = HTTP2Limits.internalPeers
        limits.handlersMax = 1
        let state = TestState()
        let seen = try await AttackBench.run(state, limits: limits) { bench in
            let peer = try bench.attacker()
            let waiting = RawCall(
                name: "", path: "/rpc/test.v1/Wait", body: [0xa0], status: 0, code: nil)
            let good = RawCall(name: "", status: 200, code: nil)
            peer.send(waiting.frames(1))
            await state.began.pass()
            for index in 1...50 {
                let stream = UInt32(index * 2 + 1)
                peer.send(good.frames(stream))
                peer.receive { $0.status(stream) != nil }
            }
            let refused = peer.seen
            peer.send(Raw.reset(1))
            await state.ended.pass()
            var stream: UInt32 = 201
            while !peer.isClosed {
                peer.send(good.frames(stream))
                if peer.receive(until: { $0.status(stream) != nil }),
                    peer.seen.statuses[stream] == 200
                {
                    break
                }
                stream += 2
            }
            #expect(!peer.isClosed)
            return refused
        }
        #expect(seen.statuses.count == 50)
        for (stream, status) in seen.statuses {
            #expect(status == 503)
            #expect(seen.fields[stream]?["rpc-code"] == "unavailable")
            let pushback = seen.fields[stream]?["rpc-retry-pushback-ms"].flatMap { Int($0) }
            #expect((pushback ?? 0) > 0)
        }
    }

    /// What a conversation's request begins with.
    private static let talk = RawCall(
        name: "", path: "/rpc/wire.v1/Talk", fields: Self.sequence, status: 200, code: nil)

    @Test("heartbeats without end are read and forgotten")
    func heartbeats() async throws {
        let limits = HTTP2Limits.internalPeers
        let beats = [UInt8](repeating: 0xf6, count: 16_384)
        let seen = try await AttackBench.run(limits: limits) { bench in
            let peer = try bench.attacker()
            peer.send(Self.talk.opening(1) + Raw.data(1, [0x41, 0xa0]))
            var sent = 2
            // Eight times what a stream may send before somebody reads it.
            while sent < 8 << 20, !peer.isClosed {
                peer.receive { reader in
                    let window = limits.streamWindowBytes + reader.granted(1)
                    let shared = limits.connectionWindowBytes + reader.granted(0)
                    return sent + beats.count <= min(window, shared)
                }
                peer.send(Raw.data(1, beats))
                sent += beats.count
            }
            peer.send(Raw.data(1, [0x41, 0x07], end: true))
            peer.receive { $0.bodies[1]?.last == 0xa0 }
            return peer.seen
        }
        #expect(seen.statuses[1] == 200)
        #expect(seen.bodies[1]?.filter { $0 != 0xf6 } == [0x41, 0x07, 0xa0])
    }

    @Test("who does not read what is said is not listened to for ever")
    func unread() async throws {
        let limits = HTTP2Limits.internalPeers
        // Byte strings that hold the number 1.
        let elements = [UInt8](repeating: 0x41, count: 16_384).enumerated().map {
            $0.offset % 2 == 0 ? $0.element : 0x01
        }
        let sent = try await AttackBench.run(limits: limits) { bench in
            let peer = try bench.connect(.frames)
            peer.send(
                Raw.preface + Raw.frame(.settings, [0, 4, 0, 0, 0, 0])
                    + Raw.frame(.settings, flags: Raw.acknowledgement))
            peer.send(Self.talk.opening(1) + Raw.data(1, [0x41, 0xa0]))
            var sent = 2
            var pings = 0
            while sent < 16 << 20, pings < 8, !peer.isClosed {
                var window = 0
                peer.receive { reader in
                    window = limits.streamWindowBytes + reader.granted(1)
                    return true
                }
                if sent + elements.count <= window {
                    peer.send(Raw.data(1, elements))
                    sent += elements.count
                } else {
                    // Whatever was given until then is there when the PING is back.
                    pings += 1
                    peer.send(Raw.frame(.ping, [UInt8](repeating: 1, count: 8)))
                    peer.receive { $0.frames(.ping).count >= pings }
                }
            }
            #expect(!peer.isClosed)
            return sent
        }
        // One window, and what the answer may hold before it waits.
        #expect(sent <= limits.streamWindowBytes + 4 * limits.streamedBytesMax, "\(sent)")
    }

    @Test("calls that are opened and left are cancelled with their connection")
    func abandoned() async throws {
        let state = TestState()
        let wait = RawCall(name: "", path: "/rpc/test.v1/Wait", body: [0xa0], status: 0, code: nil)
        let seen = try await AttackBench.run(state) { bench in
            for _ in 0..<50 {
                let peer = try bench.attacker()
                for stream: UInt32 in [1, 3, 5, 7] { peer.send(wait.frames(stream)) }
                peer.send(Raw.frame(.ping, [UInt8](repeating: 1, count: 8)))
                peer.receive { $0.frames(.ping).count == 1 }
            }
            await state.ended.pass()
            let peer = try bench.attacker()
            peer.send(RawCall(name: "", status: 200, code: nil).frames(1))
            peer.receive { $0.status(1) != nil }
            return peer.seen
        }
        #expect(seen.statuses[1] == 200)
    }
}
