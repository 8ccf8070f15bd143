import ArgumentParser
import CommandLineDomain
import JSONAPI

/// Where commands ask, and how they show what they get.
struct ResourceOptions: ParsableArguments {
    @OptionGroup var platform: PublicOptions

    @Flag(help: "Print JSON: the resource, or an array of them.")
    var json = false

    /// Lists resources.
    func list(
        _ path: String, query: [(String, String)] = [], columns: [String]
    ) async throws {
        try await PublicAPI.with(self.platform) { api in
            var resources: [JSON] = []
            try await api.list(path, query: query) { resources.append($0) }
            if self.json { return print(JSON.array(resources).text) }
            for line in ResourceTable(columns).lines(of: resources) { print(line) }
        }
    }

    /// Lists resources that come in one piece.
    func listAll(_ path: String, columns: [String]) async throws {
        try await PublicAPI.with(self.platform) { api in
            let resources = try await api.send("GET", path)["data"]?.array ?? []
            if self.json { return print(JSON.array(resources).text) }
            for line in ResourceTable(columns).lines(of: resources) { print(line) }
        }
    }

    /// Asks about one resource, or changes it, and shows what is answered.
    func one(
        _ method: String, _ path: String, _ body: JSON? = nil, columns: [String]
    ) async throws {
        try await self.one(method, path, body) { ResourceTable(columns).lines(of: [$0]) }
    }

    /// Asks about one resource, or changes it, and shows what is answered in lines of its own.
    func one(
        _ method: String, _ path: String, _ body: JSON? = nil, query: [(String, String)] = [],
        lines: (JSON) -> [String]
    ) async throws {
        try await PublicAPI.with(self.platform) { api in
            let answer = try await api.send(method, path, query: query, body: body)
            let resource = answer["data"] ?? .null
            if self.json { return print(resource.text) }
            for line in lines(resource) { print(line) }
        }
    }

    /// Does something that is answered with nothing.
    func act(_ method: String, _ path: String, _ body: JSON? = nil) async throws {
        try await PublicAPI.with(self.platform) { api in
            try await api.send(method, path, body: body)
        }
    }
}

/// Makes paths below `/v2`.
enum PublicPath {
    /// The segments after `/v2`, each encoded.
    static func of(_ segments: String...) -> String {
        "/v2/" + segments.map { PublicQuery.encode($0) }.joined(separator: "/")
    }
}
