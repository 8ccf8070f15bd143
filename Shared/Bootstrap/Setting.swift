/// One thing that can be configured: by flag, by environment variable or in the file.
///
/// `public.port` is `--public-port`, `COVENANT_PUBLIC_PORT` and `public: {port: …}`. Flags win
/// over the environment, the environment over the file, the file over the default.
public struct Setting: Sendable {
    /// What the text of a setting must be.
    enum Kind: Hashable, Sendable {
        case text
        case integer(ClosedRange<Int>)
        case flag
        case list
        case secret
    }

    /// The key: lower-case words, `-` within and `.` between parts.
    public let key: String
    /// What it does, in one line for `--help`.
    public let about: String
    let kind: Kind
    let standard: String?

    /// A text; without a default it may be left out.
    public static func text(_ key: String, default text: String? = nil, _ about: String) -> Setting
    {
        Setting(key: key, about: about, kind: .text, standard: text)
    }

    /// A whole number within bounds.
    public static func integer(
        _ key: String, _ bounds: ClosedRange<Int>, default number: Int, _ about: String
    ) -> Setting {
        Setting(key: key, about: about, kind: .integer(bounds), standard: String(number))
    }

    /// `true` or `false`; false unless set.
    public static func flag(_ key: String, _ about: String) -> Setting {
        Setting(key: key, about: about, kind: .flag, standard: "false")
    }

    /// Texts: a list in the file, separated by commas elsewhere; empty unless set.
    public static func list(_ key: String, _ about: String) -> Setting {
        Setting(key: key, about: about, kind: .list, standard: nil)
    }

    /// A secret: from the environment or the file, or from the file that `<key>-file` names; never
    /// a flag, because arguments can be read by every user of the machine.
    public static func secret(_ key: String, _ about: String) -> Setting {
        Setting(key: key, about: about, kind: .secret, standard: nil)
    }

    /// The flag.
    var flagName: String { "--" + self.key.replacing(".", with: "-") }

    /// The environment variable.
    var variableName: String {
        "COVENANT_" + self.key.uppercased().replacing(".", with: "_").replacing("-", with: "_")
    }
}
