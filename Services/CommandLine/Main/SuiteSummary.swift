import Foundation

/// A running suite in one object: what `covenant up` prints and `covenant status` reads.
struct SuiteSummary: Codable, Sendable {
    /// The one address clients use.
    var baseURL: String
    /// The first Tenant Admin's address.
    var email: String
    /// The first Tenant Admin's key; empty when its file has been deleted.
    var apiKey: String
    /// The data directory.
    var data: String
    /// Process ids by process name.
    var pids: [String: Int32]
    /// The services' own public listeners.
    var publicPorts: [String: Int]
    /// The services' internal sockets.
    var rpcSockets: [String: String]

    enum CodingKeys: String, CodingKey {
        case baseURL = "base_url"
        case email
        case apiKey = "api_key"
        case data
        case pids
        case publicPorts = "public_ports"
        case rpcSockets = "rpc_sockets"
    }

    /// The object on one line, keys sorted.
    func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Writes the object so that a reader sees the old or the new one, never a part.
    func write(to file: URL) throws {
        try Data(self.line().utf8).write(to: file, options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    }

    static func read(from file: URL) throws -> SuiteSummary {
        try JSONDecoder().decode(SuiteSummary.self, from: Data(contentsOf: file))
    }
}

/// The credentials that identity writes once, at its first start.
struct FirstAdmin: Codable {
    var email: String
    var apiKey: String

    enum CodingKeys: String, CodingKey {
        case email
        case apiKey = "api_key"
    }

    static func read(from file: URL) -> FirstAdmin? {
        guard let data = try? Data(contentsOf: file) else { return nil }
        return try? JSONDecoder().decode(FirstAdmin.self, from: data)
    }
}
