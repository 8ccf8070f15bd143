import JSONAPI

/// Tells a supervisor that the service is up, and where: `<run>/<service>.json`.
struct ReadyFile: Sendable {
    let path: String
    let publicPort: Int
    let adminPort: Int
    let rpcSocket: String
    let rpcPort: Int?

    /// The file's content.
    var json: JSON {
        var object: JSONObject = [
            "pid": .integer(SystemFiles.processID), "public_port": .integer(self.publicPort),
            "admin_port": .integer(self.adminPort), "rpc_socket": .string(self.rpcSocket),
        ]
        if let port = self.rpcPort { object["rpc_port"] = .integer(port) }
        return .object(object)
    }

    /// Writes the file in one step.
    func write() throws { try SystemFiles.replace(self.path, with: self.json.bytes()) }

    /// Removes the file.
    func remove() { SystemFiles.remove(self.path) }
}
