import HTTP2

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A connection to a real listener that sends exactly the bytes it is told to.
///
/// Blocking, for a thread of its own. Only an ``AttackBench`` makes one.
package final class RawPeer {
    /// What the server is expected to say.
    package enum Kind: Sendable {
        /// Frames of HTTP/2, which are taken apart.
        case frames
        /// Anything else, which is kept as it is.
        case text
    }

    /// A call of the system that failed.
    package struct Failure: Error {
        package let call: String
        package let errno: Int32
    }

    private let kind: Kind
    private let descriptor: Int32
    private let reader = FrameReader()
    private var received: [UInt8] = []
    /// The server has closed the connection.
    package private(set) var isClosed = false

    init(_ address: HTTP2Address, _ kind: Kind) throws {
        self.kind = kind
        #if canImport(Glibc)
            let kind = Int32(SOCK_STREAM.rawValue)
        #else
            let kind = SOCK_STREAM
        #endif
        switch address {
        case .unixSocket(let path):
            self.descriptor = socket(AF_UNIX, kind, 0)
            var name = sockaddr_un()
            name.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
            try self.connect(&name)
        case .tcp(_, let port):
            self.descriptor = socket(AF_INET, kind, 0)
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = in_port_t(port).bigEndian
            name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            try self.connect(&name)
        }
    }

    deinit { close(self.descriptor) }

    private func connect<Name>(_ name: inout Name) throws {
        let size = socklen_t(MemoryLayout<Name>.size)
        let result = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                #if canImport(Glibc)
                    Glibc.connect(self.descriptor, address, size)
                #else
                    Darwin.connect(self.descriptor, address, size)
                #endif
            }
        }
        guard result == 0 else { throw Failure(call: "connect", errno: errno) }
    }

    /// Sends everything, taking what comes meanwhile; false once the server has closed.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count, !self.isClosed {
            self.receiveWaiting()
            let count = self.write(bytes, from: offset)
            if count > 0 {
                offset += count
            } else if count < 0 {
                self.receiveToEnd()
            } else {
                self.wait(Int16(POLLIN | POLLOUT))
            }
        }
        return !self.isClosed
    }

    /// Sends as much as is taken within `patience` of the last bytes that were, reading nothing.
    ///
    /// Returns how much that was.
    package func push(_ bytes: [UInt8], patienceMilliseconds: Int32 = 100) -> Int {
        var offset = 0
        while offset < bytes.count {
            let count = self.write(bytes, from: offset)
            if count < 0 { break }
            offset += count
            if count == 0, !self.wait(Int16(POLLOUT), milliseconds: patienceMilliseconds) { break }
        }
        return offset
    }

    /// Writes what the kernel takes at once: zero for nothing, less when the server has closed.
    private func write(_ bytes: [UInt8], from offset: Int) -> Int {
        let count = bytes.withUnsafeBytes { raw in
            #if canImport(Glibc)
                Glibc.send(
                    self.descriptor, raw.baseAddress.map { $0 + offset }, raw.count - offset,
                    Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            #else
                Darwin.send(
                    self.descriptor, raw.baseAddress.map { $0 + offset }, raw.count - offset,
                    MSG_DONTWAIT)
            #endif
        }
        if count > 0 { return count }
        return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1
    }

    @discardableResult
    private func wait(_ events: Int16, milliseconds: Int32 = 20_000) -> Bool {
        var entry = pollfd(fd: self.descriptor, events: events, revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }

    /// Takes what has come; whether anything had.
    @discardableResult
    private func receiveWaiting() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        let count = buffer.withUnsafeMutableBytes {
            recv(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
        }
        if count > 0 {
            switch self.kind {
            case .frames: self.reader.take(buffer[..<count])
            case .text: self.received += buffer[..<count]
            }
        } else if count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK) {
            self.isClosed = true
        }
        return count > 0
    }

    /// Receives until there is what is asked for; false when the server closes before.
    @discardableResult
    package func receive(until isEnough: (FrameReader) -> Bool) -> Bool {
        self.receive(untilDone: { isEnough(self.reader) })
    }

    /// Receives until the text is what is asked for; false when the server closes before.
    @discardableResult
    package func receiveText(until isEnough: (String) -> Bool) -> Bool {
        self.receive(untilDone: { isEnough(self.text) })
    }

    /// Receives until the server closes.
    package func receiveToEnd() { _ = self.receive(untilDone: { false }) }

    private func receive(untilDone isEnough: () -> Bool) -> Bool {
        while !isEnough() {
            if self.isClosed { return false }
            if !self.receiveWaiting(), !self.isClosed, !self.wait(Int16(POLLIN)) { return false }
        }
        return true
    }

    /// Tells the server that nothing more comes.
    package func shutdownOutput() { shutdown(self.descriptor, Int32(SHUT_WR)) }

    /// Sends a text.
    @discardableResult
    package func send(_ text: String) -> Bool { self.send(Array(text.utf8)) }

    /// All that has come, where it is no frames.
    package var text: String { String(decoding: self.received, as: UTF8.self) }

    /// What has been seen of the server.
    package var seen: SeenByAttacker {
        SeenByAttacker(
            frames: self.reader.frames, goAway: self.reader.goAway,
            debugText: self.reader.debugText,
            resets: self.reader.frames(.resetStream).map(\.code),
            statuses: self.reader.responses.compactMapValues { $0[":status"].flatMap(Int.init) },
            fields: self.reader.responses, bodies: self.reader.bodies, isClosed: self.isClosed)
    }
}

/// What an attacker got for its pains.
package struct SeenByAttacker: Sendable {
    /// All frames, in order.
    package var frames: [ReceivedFrame] = []
    package var goAway: UInt32?
    package var debugText = ""
    /// The codes of RST_STREAM frames, in order.
    package var resets: [UInt32] = []
    package var statuses: [UInt32: Int] = [:]
    package var fields: [UInt32: [String: String]] = [:]
    package var bodies: [UInt32: [UInt8]] = [:]
    /// The server closed the connection.
    package var isClosed = false
}
