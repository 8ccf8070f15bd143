import Yams

/// A configuration file, flattened to keys; nothing in it is ignored.
struct ConfigurationFile {
    /// A value: a text, or a list of texts.
    enum Value: Hashable {
        case text(String)
        case list([String])
    }

    /// Bytes a configuration file may have.
    static let bytesMax = 1024 * 1024

    /// The values by key.
    let values: [String: Value]

    /// Reads YAML: mappings of mappings, ending in scalars or lists of scalars.
    ///
    /// - Throws: `ConfigurationError` with the place of what is none of these.
    init(yaml: String, path: String) throws(ConfigurationError) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw ConfigurationError("\(path): \(error)")
        }
        var values: [String: Value] = [:]
        if let root, root.null == nil {
            guard case .mapping(let mapping) = root else {
                throw ConfigurationError("\(path): must be a mapping of settings")
            }
            try Self.flatten(mapping, prefix: "", path: path, into: &values)
        }
        self.values = values
    }

    private static func flatten(
        _ mapping: Node.Mapping, prefix: String, path: String, into values: inout [String: Value]
    ) throws(ConfigurationError) {
        for (name, node) in mapping {
            guard let name = name.scalar?.string else {
                throw ConfigurationError("\(path): a key under \"\(prefix)\" is not a text")
            }
            let key = prefix.isEmpty ? name : "\(prefix).\(name)"
            switch node {
            case .mapping(let inner):
                try self.flatten(inner, prefix: key, path: path, into: &values)
            case .scalar(let scalar):
                if node.null == nil { values[key] = .text(scalar.string) }
            case .sequence(let sequence):
                let texts = sequence.compactMap { $0.scalar?.string }
                guard texts.count == sequence.count else {
                    throw ConfigurationError("\(path): \(key) must be a list of texts")
                }
                values[key] = .list(texts)
            case .alias:
                throw ConfigurationError("\(path): \(key) is an alias, which is not supported")
            }
        }
    }
}
