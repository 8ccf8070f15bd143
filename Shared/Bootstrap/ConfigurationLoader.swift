import Configuration
import PublicHTTP

/// Gathers the settings from flags, environment and file, and refuses what it does not know.
struct ConfigurationLoader {
    /// What reading files costs a loader: a seam for tests.
    typealias ReadFile = (_ path: String, _ bytesMax: Int) throws -> String

    let settings: [Setting]
    let arguments: [String]
    let environment: [String: String]
    let readFile: ReadFile

    /// Reads everything.
    ///
    /// - Throws: ``ConfigurationError`` with all problems.
    func load() throws(ConfigurationError) -> ServiceConfiguration {
        let path = try self.checkFlags()
        let file = try path.map { path throws(ConfigurationError) in
            ConfigurationFile.Located(
                file: try ConfigurationFile(
                    yaml: try self.contents(of: path, ConfigurationFile.bytesMax), path: path),
                path: path)
        }
        var problems: [String] = []
        var rules = RPCRules()
        self.checkKeys(of: file, rules: &rules, problems: &problems)
        let sources = self.sources(file)
        var values: [String: ServiceConfiguration.Value] = [:]
        for setting in self.settings {
            do {
                values[setting.key] = try self.value(of: setting, in: sources)
            } catch {
                problems.append(error.description)
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
        return ServiceConfiguration(
            values: values, declared: Set(self.settings.map(\.key)), rpcRules: rules)
    }

    /// Refuses flags that are not declared and gives the path after `--config`.
    private func checkFlags() throws(ConfigurationError) -> String? {
        var path: String?
        var rest = self.arguments.dropFirst()
        let flags = self.settings.filter { $0.kind != .secret }.map { ($0.flagName, $0.kind) }
        let kinds = Dictionary(flags, uniquingKeysWith: { first, _ in first })
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                throw ConfigurationError("unexpected argument \"\(argument)\"; see --help")
            }
            let parts = argument.split(separator: "=", maxSplits: 1)
            let name = String(parts[0])
            guard name == "--config" || kinds[name] != nil else {
                throw ConfigurationError("unknown flag \(name); see --help")
            }
            if kinds[name] == .flag, parts.count == 1, rest.first?.hasPrefix("--") ?? true {
                continue
            }
            guard let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() else {
                throw ConfigurationError("\(name) needs a value; see --help")
            }
            if name == "--config" { path = value }
        }
        return path ?? self.environment["COVENANT_CONFIG"]
    }

    /// Names the keys of the file that nobody declared, and takes the rules for RPC out of it.
    private func checkKeys(
        of file: ConfigurationFile.Located?, rules: inout RPCRules, problems: inout [String]
    ) {
        guard let file else { return }
        var known = Set(self.settings.map(\.key))
        for setting in self.settings where setting.kind == .secret {
            known.insert("\(setting.key)-file")
        }
        for (key, value) in file.file.values.sorted(by: { $0.key < $1.key }) {
            do {
                guard try !rules.take(key, value), !known.contains(key) else { continue }
                problems.append("\(key) in \(file.path) is not a setting that is known")
            } catch {
                problems.append("\(key) in \(file.path) \(error.description)")
            }
        }
    }

    func contents(of path: String, _ bytesMax: Int) throws(ConfigurationError) -> String {
        do {
            return try self.readFile(path, bytesMax)
        } catch {
            throw ConfigurationError("\(path): \(error)")
        }
    }
}

extension ConfigurationFile {
    /// A file and where it came from.
    struct Located {
        let file: ConfigurationFile
        let path: String
    }
}
