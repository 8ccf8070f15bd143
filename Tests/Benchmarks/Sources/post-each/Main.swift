import Foundation
import HTTP2
import NIOPosix

/// Posts every line of a file once, by clients with one request in flight each that share
/// connections, as they do behind an edge.
///
/// For requests that can be carried out only once, which no load generator repeats. A line is a
/// path, a space and a body. Prints one JSON object: how many were answered with 2xx, and how many a
/// second.
@main
struct Main {
    static let usage = "usage: post-each HOST:PORT CONNECTIONS CLIENTS FILE AUTHORIZATION"

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 5, let shared = Int(arguments[1]), shared > 0,
            let clients = Int(arguments[2])
        else { return print(self.usage) }
        let address = try HTTP2Address(arguments[0])
        let fields: HTTP2Fields = [
            "content-type": "application/json", "authorization": arguments[4],
        ]
        let requests = try String(contentsOfFile: arguments[3], encoding: .utf8)
            .split(separator: "\n").map { try self.request($0, arguments[0], fields) }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var connections: [HTTP2ClientConnection] = []
        for _ in 0..<shared {
            connections.append(try await .connect(to: address, group: group))
        }
        let executor = LoopExecutor.on(group.next())
        let start = ContinuousClock.now
        let succeeded = await withTaskExecutorPreference(executor) {
            await withTaskGroup(of: Int.self) { tasks in
                for index in 0..<clients {
                    let connection = connections[index % shared]
                    tasks.addTask {
                        await self.post(
                            stride(from: index, to: requests.count, by: clients).lazy.map {
                                requests[$0]
                            }, over: connection)
                    }
                }
                var sum = 0
                for await count in tasks { sum += count }
                return sum
            }
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        for connection in connections { connection.close() }
        print("{\"succeeded\": \(succeeded), \"per_second\": \(Double(requests.count) / seconds)}")
    }

    private static func request(
        _ line: Substring, _ authority: String, _ fields: HTTP2Fields
    ) throws -> HTTP2ClientRequest {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { throw CocoaError(.fileReadCorruptFile) }
        let head = try HTTP2RequestHead(
            method: "POST", scheme: "http", authority: authority, path: String(parts[0]),
            fields: fields)
        return HTTP2ClientRequest(head: head, body: Array(parts[1].utf8))
    }

    /// Posts one after the other; how many were answered with 2xx.
    private static func post(
        _ requests: some Sequence<HTTP2ClientRequest>, over connection: HTTP2ClientConnection
    ) async -> Int {
        var succeeded = 0
        for request in requests {
            let status = try? await connection.call(request).status
            if let status, (200...299).contains(status) { succeeded += 1 }
        }
        return succeeded
    }
}
