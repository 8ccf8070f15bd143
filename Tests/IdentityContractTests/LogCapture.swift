import Logging
import Synchronization

/// Everything that is logged, at every level.
final class LogCapture: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { self.lines.withLock { $0.joined(separator: "\n") } }

    var logger: Logger {
        Logger(label: "captured") { _ in Handler(capture: self) }
    }

    private struct Handler: LogHandler {
        let capture: LogCapture
        var logLevel: Logger.Level = .trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let line =
                "\(event.level) \(event.message) \(self.metadata) \(event.metadata ?? [:]) "
                + "\(event.error.map { "\($0)" } ?? "")"
            self.capture.lines.withLock { $0.append(line) }
        }
    }
}
