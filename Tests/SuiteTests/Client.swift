import Foundation
import JSONAPI

/// Makes public requests as one person.
struct Client: Sendable {
    let baseURL: String
    let credentials: RunningSuite.Credentials?

    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let body: JSON

        /// Reads what curl writes: the head of the last answer is the one that counts.
        init(head: String, body: [UInt8]) throws {
            let blocks = head.replacing("\r\n", with: "\n").split(separator: "\n\n")
            let lines = blocks.last?.split(separator: "\n") ?? []
            guard let status = lines.first?.split(separator: " ").dropFirst().first,
                let status = Int(status)
            else { throw SuiteFailure("no HTTP answer: \(head)") }
            var headers: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2 else { continue }
                headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
            }
            self.status = status
            self.headers = headers
            self.body = body.isEmpty ? .null : (try? JSON(parsing: body)) ?? .null
        }

        /// The id of the resource.
        var id: String { self.body["data"]?["id"]?.string ?? "" }

        /// An attribute of the resource.
        subscript(attribute: String) -> JSON? { self.body["data"]?["attributes"]?[attribute] }

        /// The code of the first error.
        var errorCode: String? { self.body["errors"]?.array?.first?["code"]?.string }
    }

    func get(_ path: String) async throws -> Answer { try await self.send("GET", path) }

    func delete(_ path: String) async throws -> Answer { try await self.send("DELETE", path) }

    func post(_ path: String, _ body: JSON? = nil) async throws -> Answer {
        try await self.send("POST", path, body)
    }

    func patch(_ path: String, _ body: JSON) async throws -> Answer {
        try await self.send("PATCH", path, body)
    }

    func send(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> Answer {
        try await self.send(method, path, bytes: body?.bytes())
    }

    /// Makes one request with curl, over HTTP/1.1 as most clients would.
    func send(_ method: String, _ path: String, bytes: [UInt8]?) async throws -> Answer {
        let folder = URL(filePath: "/tmp/covenant-request-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (settings, body) = (folder.appending(path: "curl"), folder.appending(path: "answer"))
        var lines = [
            "url = \"\(self.baseURL)\(path)\"", "request = \(method)", "silent", "show-error",
            "max-time = 60", "dump-header = -", "output = \"\(body.path)\"",
        ]
        if let credentials {
            lines.append("user = \"\(credentials.email):\(credentials.secret)\"")
        }
        if let bytes {
            let sent = folder.appending(path: "request")
            try Data(bytes).write(to: sent)
            lines.append("data-binary = \"@\(sent.path)\"")
            lines.append("header = \"Content-Type: application/json\"")
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: settings)
        let head = try await ProgramRun.output(
            of: "curl", ["--config", settings.path])
        let answer = (try? Data(contentsOf: body)).map { [UInt8]($0) } ?? []
        return try Answer(head: head, body: answer)
    }

    /// Asks again until the answer is as wanted; a service may be starting meanwhile.
    func poll(
        _ path: String, within limit: Duration = .seconds(60), until isWanted: (Answer) -> Bool
    ) async throws -> Answer {
        let end = ContinuousClock.now + limit
        var last: Answer?
        while ContinuousClock.now < end {
            if let answer = try? await self.get(path) {
                if isWanted(answer) { return answer }
                last = answer
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw SuiteFailure(
            "GET \(path) did not become as wanted: \(last?.status ?? 0) \(last?.body.text ?? "")")
    }
}
