import BenchmarkAPI
import HTTP2
import RPC

/// Reads one stream of items.
struct OneStream {
    let client: RPCClient<BenchmarkService>
    let executor: LoopExecutor

    func report(items: Int) async throws {
        try await self.read(items / 10)
        let report = Report()
        try await self.read(items)
        report.print(items: items)
    }

    private func read(_ items: Int) async throws {
        try await withTaskExecutorPreference(self.executor) {
            var bytes = 0
            for try await item in try await self.client.stream(Items(count: items)) {
                bytes += item.payload.utf8.count
            }
            precondition(bytes == items * Payload.text.utf8.count)
        }
    }
}
