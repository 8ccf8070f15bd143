import JSONAPI
public import Logging
import PublicHTTP
import RPC
public import Storage

/// Writes each log event as one line of JSON.
///
/// A line has `time`, `level`, `service`, `logger` and `message`; `trace_id` and `request_id` of
/// the running call; `error`, where there is one; then the event's metadata. Values of type
/// `Secret` print as `[redacted]`, at any depth.
public struct JSONLogHandler: LogHandler {
    /// Takes finished lines, line end included.
    public typealias Output = @Sendable ([UInt8]) -> Void

    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let service: String
    private let label: String
    private let clock: any WallClock
    private let output: Output

    /// Makes a handler.
    public init(
        service: String, label: String, level: Logger.Level,
        clock: any WallClock = SystemWallClock(),
        output: @escaping Output = StandardError.write
    ) {
        self.logLevel = level
        self.service = service
        self.label = label
        self.clock = clock
        self.output = output
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let time = Timestamp.rfc3339(millisecondsSince1970: self.clock.nowMilliseconds)
        var line: JSONObject = [
            "time": .string(time), "level": .string(event.level.rawValue),
            "service": .string(self.service), "logger": .string(self.label),
            "message": .string(event.message.description),
        ]
        if let trace = CallContext.current.trace { line["trace_id"] = .string(trace.traceID) }
        if let id = PublicRequest.currentID { line["request_id"] = .string(id) }
        if let error = event.error { line["error"] = .string("\(error)") }
        let reserved = Set(["time", "level", "service", "logger", "message"])
        let provided = self.metadataProvider?.get() ?? [:]
        let all = self.metadata.merging(provided) { $1 }.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) {
            line[reserved.contains(key) ? "\(key)_" : key] = Self.json(value)
        }
        self.output(JSON.object(line).bytes() + [UInt8(ascii: "\n")])
    }

    private static func json(_ value: Logger.MetadataValue) -> JSON {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value as Int): .integer(value)
        case .stringConvertible(let value as Bool): .bool(value)
        case .stringConvertible(let value): .string(value.description)
        case .array(let values): .array(values.map(self.json))
        case .dictionary(let values):
            .object(
                JSONObject(
                    values.sorted { $0.key < $1.key }.map { ($0.key, self.json($0.value)) }))
        }
    }
}
