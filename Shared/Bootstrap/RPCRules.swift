import RPC

/// What the configuration file says of single RPC methods.
struct RPCRules: Hashable, Sendable {
    /// From method name to the peers that may call it (`rpc.allow`).
    private(set) var allowedCallers: [String: [String]] = [:]
    /// From method name to what its calls are allowed (`rpc.limits`).
    private(set) var limits: [String: RPCMethodLimits] = [:]

    /// What one limit may be, and where it goes.
    private static let numbers: [String: any WritableKeyPath<RPCMethodLimits, Int?> & Sendable] = [
        "request-bytes-max": \.requestBytesMax,
        "reply-bytes-max": \.replyBytesMax,
        "timeout-milliseconds-default": \.timeoutMillisecondsDefault,
        "timeout-milliseconds-max": \.timeoutMillisecondsMax,
        "running-max": \.runningMax,
    ]

    /// Takes a key of the file; whether it is one of these rules.
    ///
    /// - Throws: ``ConfigurationError`` saying what the value must be, to be put after the key.
    mutating func take(
        _ key: String, _ value: ConfigurationFile.Value
    ) throws(ConfigurationError) -> Bool {
        let parts = key.split(separator: ".").map(String.init)
        guard parts.count > 2, parts[0] == "rpc" else { return false }
        let rest = parts.dropFirst(2)
        switch parts[1] {
        case "allow":
            guard case .list(let peers) = value else {
                throw ConfigurationError("must be a list of peers")
            }
            self.allowedCallers[rest.joined(separator: ".")] = peers
            return true
        case "limits":
            guard rest.count == 2, let method = rest.first, let name = rest.last else {
                return false
            }
            var limits = self.limits[method] ?? RPCMethodLimits()
            try Self.set(name, to: value, in: &limits)
            self.limits[method] = limits
            return true
        default: return false
        }
    }

    private static func set(
        _ name: String, to value: ConfigurationFile.Value, in limits: inout RPCMethodLimits
    ) throws(ConfigurationError) {
        guard case .text(let text) = value else { throw ConfigurationError("must be one value") }
        if name == "long" {
            guard let flag = Bool(text) else { throw ConfigurationError("must be true or false") }
            limits.isLong = flag
            return
        }
        guard let path = self.numbers[name] else {
            let known = (self.numbers.keys.sorted() + ["long"]).joined(separator: ", ")
            throw ConfigurationError("is not a limit that is known: these are \(known)")
        }
        guard let number = Int(text), number >= 1 else {
            throw ConfigurationError("must be a whole number of at least 1, not \"\(text)\"")
        }
        limits[keyPath: path] = number
    }
}
