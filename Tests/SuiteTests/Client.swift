import Foundation
import FoundationNetworking
import JSONAPI

/// Makes public requests as one person.
struct Client: Sendable {
    let baseURL: String
    let credentials: RunningSuite.Credentials?

    struct Answer: Sendable {
        let status: Int
        let headers: [String: String]
        let body: JSON

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

    func send(_ method: String, _ path: String, bytes: [UInt8]?) async throws -> Answer {
        guard let url = URL(string: self.baseURL + path) else { throw SuiteFailure("bad \(path)") }
        var request = URLRequest(url: url, timeoutInterval: 60)
        request.httpMethod = method
        if let credentials {
            let pair = Data("\(credentials.email):\(credentials.secret)".utf8)
            request.setValue(
                "Basic \(pair.base64EncodedString())", forHTTPHeaderField: "Authorization")
        }
        if let bytes {
            request.httpBody = Data(bytes)
            request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        guard let response = response as? HTTPURLResponse else {
            throw SuiteFailure("\(method) \(path): no HTTP answer")
        }
        var headers: [String: String] = [:]
        for (name, value) in response.allHeaderFields {
            headers["\(name)".lowercased()] = "\(value)"
        }
        let body = data.isEmpty ? JSON.null : (try? JSON(parsing: Array(data))) ?? .null
        return Answer(status: response.statusCode, headers: headers, body: body)
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
