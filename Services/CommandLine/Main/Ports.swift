import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The loopback ports of a suite: chosen once by the operating system, then kept.
struct Ports: Codable, Sendable {
    /// The edge's port: what clients use.
    var edge: Int
    /// The services' public listeners.
    var services: [String: Int]

    /// The edge's port at a first start that names none.
    private static let firstEdgePort = 8_080

    /// The kept ports, or new ones.
    ///
    /// - Parameter edge: The edge's port; 0 for one the system chooses, `nil` for the kept one.
    static func choose(keptIn file: URL, edge: Int?) throws -> Ports {
        let kept = (try? Data(contentsOf: file)).flatMap {
            try? JSONDecoder().decode(Ports.self, from: $0)
        }
        var ports = kept ?? Ports(edge: Self.firstEdgePort, services: [:])
        if let edge { ports.edge = edge == 0 ? try Self.free() : edge }
        for service in Suite.services {
            let port = ports.services[service]
            ports.services[service] = try port.flatMap { Self.isFree($0) ? $0 : nil } ?? Self.free()
        }
        guard Self.isFree(ports.edge) else {
            throw SuiteError(
                "port \(ports.edge) on 127.0.0.1 is in use: choose another with --port, or 0")
        }
        try JSONEncoder().encode(ports).write(to: file, options: .atomic)
        return ports
    }

    /// A port nobody listens on now.
    private static func free() throws -> Int {
        guard let port = Self.bind(0) else {
            throw SuiteError("no loopback port is free: \(String(cString: strerror(errno)))")
        }
        return port
    }

    private static func isFree(_ port: Int) -> Bool { Self.bind(port) != nil }

    /// Binds a loopback port for a moment and says which it was.
    private static func bind(_ port: Int) -> Int? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var reuse: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard Glibc.bind(descriptor, address, length) == 0,
                    getsockname(descriptor, address, &length) == 0
                else { return nil }
                return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    Int(UInt16(bigEndian: $0.pointee.sin_port))
                }
            }
        }
    }
}
