public import PublicHTTP

/// The settings of a service, complete and checked.
///
/// Asking for a key that was not declared, or as another kind than declared, is a mistake in the
/// program and stops it: all of that happens at start.
public struct ServiceConfiguration: Sendable {
    /// A value of its setting's kind.
    enum Value: Hashable, Sendable {
        case text(String)
        case integer(Int)
        case flag(Bool)
        case list([String])
        case secret(Secret)
    }

    private let values: [String: Value]
    private let declared: Set<String>
    /// What the file says of single RPC methods.
    let rpcRules: RPCRules

    init(
        values: [String: Value], declared: Set<String>, rpcRules: RPCRules
    ) {
        self.values = values
        self.declared = declared
        self.rpcRules = rpcRules
    }

    /// A text without a default, if it was set.
    public func optionalText(_ key: String) -> String? {
        switch self.value(key) {
        case .text(let text): text
        case nil: nil
        default: preconditionFailure("\(key) is not a text")
        }
    }

    /// A text with a default.
    public func text(_ key: String) -> String {
        guard let text = self.optionalText(key) else {
            preconditionFailure("\(key) has no default")
        }
        return text
    }

    /// A whole number.
    public func integer(_ key: String) -> Int {
        guard case .integer(let number) = self.value(key) else {
            preconditionFailure("\(key) is not an integer")
        }
        return number
    }

    /// `true` or `false`.
    public func flag(_ key: String) -> Bool {
        guard case .flag(let flag) = self.value(key) else {
            preconditionFailure("\(key) is not a flag")
        }
        return flag
    }

    /// A list of texts; empty when it was not set.
    public func list(_ key: String) -> [String] {
        switch self.value(key) {
        case .list(let texts): texts
        case nil: []
        default: preconditionFailure("\(key) is not a list")
        }
    }

    /// A secret, if it was set.
    public func secret(_ key: String) -> Secret? {
        switch self.value(key) {
        case .secret(let secret): secret
        case nil: nil
        default: preconditionFailure("\(key) is not a secret")
        }
    }

    private func value(_ key: String) -> Value? {
        precondition(self.declared.contains(key), "\(key) was not declared as a setting")
        return self.values[key]
    }
}
