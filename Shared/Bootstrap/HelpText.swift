/// What `--help` prints.
struct HelpText {
    let service: String
    let about: String
    let settings: [Setting]

    var text: String {
        var lines = [
            "\(self.service): \(self.about)", "",
            "usage: \(self.service) [--config PATH] [settings]", "",
            "example:",
            "  \(self.service) --config deploy/\(self.service)/config.yaml \\",
            "      --data-directory /var/lib/covenant/\(self.service) "
                + "--run-directory /run/covenant --public-port 8080",
            "",
            "Each setting is a flag, an environment variable (COVENANT_…) or a key of the YAML",
            "file; flags win over the environment, the environment over the file. Who may call",
            "which RPC method is under rpc.allow of the file, what a method's calls are allowed",
            "under rpc.limits.<Method>: request-bytes-max, reply-bytes-max,",
            "timeout-milliseconds-default, timeout-milliseconds-max, running-max, long.", "",
            "  --config PATH", "      The YAML file (COVENANT_CONFIG).",
        ]
        for setting in self.settings {
            lines.append("  \(Self.usage(of: setting))")
            let standard = setting.standard.map { " Default: \($0)." } ?? ""
            lines.append("      \(setting.about)\(standard)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func usage(of setting: Setting) -> String {
        switch setting.kind {
        case .text: "\(setting.flagName) TEXT"
        case .integer: "\(setting.flagName) NUMBER"
        case .flag: setting.flagName
        case .list: "\(setting.flagName) TEXT,TEXT"
        case .secret: "\(setting.variableName) (or \(setting.variableName)_FILE), no flag"
        }
    }
}
