import Configuration
import PublicHTTP

/// A provider of values and what to call it in messages.
struct ConfigurationSource {
    let provider: any ConfigProvider
    let name: (Setting) -> String
    /// Whether secrets may come from here.
    let holdsSecrets: Bool
}

extension ConfigurationLoader {
    /// Where values come from, first wins.
    func sources(_ file: ConfigurationFile.Located?) -> [ConfigurationSource] {
        var sources = [
            ConfigurationSource(
                provider: CommandLineArgumentsProvider(arguments: self.arguments),
                name: { $0.flagName }, holdsSecrets: false),
            ConfigurationSource(
                provider: EnvironmentVariablesProvider(environmentVariables: self.environment)
                    .prefixKeys(with: "covenant"),
                name: { $0.variableName }, holdsSecrets: true),
        ]
        if let file {
            let values = file.file.values.map { key, value in
                (AbsoluteConfigKey(Self.components(key)), value.configValue)
            }
            sources.append(
                ConfigurationSource(
                    provider: InMemoryProvider(
                        values: Dictionary(values, uniquingKeysWith: { first, _ in first })),
                    name: { "\($0.key) in \(file.path)" }, holdsSecrets: true))
        }
        return sources
    }

    /// The value of a setting from the first source that has one, or its default.
    func value(
        of setting: Setting, in sources: [ConfigurationSource]
    ) throws(ConfigurationError) -> ServiceConfiguration.Value? {
        if setting.kind == .secret { return try self.secret(setting, in: sources) }
        for source in sources {
            guard let content = try Self.content(of: setting, in: source) else { continue }
            return try Self.value(content, of: setting, from: source.name(setting))
        }
        return try setting.standard.map { text throws(ConfigurationError) in
            try Self.value(.string(text), of: setting, from: "the default of \(setting.key)")
        }
    }

    private func secret(
        _ setting: Setting, in sources: [ConfigurationSource]
    ) throws(ConfigurationError) -> ServiceConfiguration.Value? {
        let pathSetting = Setting.text("\(setting.key)-file", "")
        for source in sources where source.holdsSecrets {
            if case .string(let text) = try Self.content(of: setting, in: source) {
                return .secret(Secret(text))
            }
            if case .string(let path) = try Self.content(of: pathSetting, in: source) {
                let text = try self.contents(of: path, ConfigurationFile.bytesMax)
                return .secret(Secret(text.trimmingLineEnd()))
            }
        }
        return nil
    }

    private static func content(
        of setting: Setting, in source: ConfigurationSource
    ) throws(ConfigurationError) -> ConfigContent? {
        let key = AbsoluteConfigKey(self.components(setting.key))
        let type: ConfigType = setting.kind == .list ? .stringArray : .string
        do {
            if setting.kind == .flag,
                let value = try? source.provider.value(forKey: key, type: .bool).value
            {
                return value.content
            }
            return try source.provider.value(forKey: key, type: type).value?.content
        } catch {
            let kind = setting.kind == .list ? "a list of texts" : "one text"
            throw ConfigurationError("\(source.name(setting)) must be \(kind)")
        }
    }

    private static func value(
        _ content: ConfigContent, of setting: Setting, from origin: String
    ) throws(ConfigurationError) -> ServiceConfiguration.Value {
        switch (setting.kind, content) {
        case (.text, .string(let text)): return .text(text)
        case (.list, .stringArray(let texts)): return .list(texts.filter { !$0.isEmpty })
        case (.flag, .bool(let flag)): return .flag(flag)
        case (.flag, .string("true")): return .flag(true)
        case (.flag, .string("false")): return .flag(false)
        case (.flag, _): throw ConfigurationError("\(origin) must be true or false")
        case (.integer(let bounds), .string(let text)):
            guard let number = Int(text), bounds.contains(number) else {
                throw ConfigurationError(
                    "\(origin) must be an integer from \(bounds.lowerBound) to "
                        + "\(bounds.upperBound), not \"\(text)\"")
            }
            return .integer(number)
        default: throw ConfigurationError("\(origin) is not of the right kind")
        }
    }

    private static func components(_ key: String) -> [String] {
        key.split(separator: ".").map(String.init)
    }
}

extension ConfigurationFile.Value {
    fileprivate var configValue: ConfigValue {
        switch self {
        case .text(let text): ConfigValue(.string(text), isSecret: false)
        case .list(let texts): ConfigValue(.stringArray(texts), isSecret: false)
        }
    }
}

extension String {
    /// The text without the one line end that editors leave at the end of a file.
    func trimmingLineEnd() -> String {
        var text = self
        if let last = text.last, last.isNewline { text.removeLast() }
        return text
    }
}
