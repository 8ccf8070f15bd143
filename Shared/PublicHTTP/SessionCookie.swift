import HTTP2

/// The cookie that carries a session (RFC 6265), and the header that goes with it.
///
/// The cookie is `HttpOnly`: no script sees it; `SameSite=Strict`: no other site sends it; and over
/// TLS it is `Secure`.
public enum SessionCookie {
    /// The cookie's name.
    public static let name = "covenant_session"

    /// The header with ``SessionToken/antiForgeryToken`` that unsafe methods need beside the cookie.
    public static let antiForgeryHeader = "x-csrf-token"

    /// The `Set-Cookie` that hands a session to a browser.
    public static func setting(
        _ token: SessionToken, secondsMax: Int, isSecure: Bool
    ) -> String {
        self.field(token.reveal(), secondsMax: secondsMax, isSecure: isSecure)
    }

    /// The `Set-Cookie` that makes a browser forget the session.
    public static func clearing(isSecure: Bool) -> String {
        self.field("", secondsMax: 0, isSecure: isSecure)
    }

    private static func field(_ value: String, secondsMax: Int, isSecure: Bool) -> String {
        "\(self.name)=\(value); Path=/; Max-Age=\(secondsMax); HttpOnly; SameSite=Strict"
            + (isSecure ? "; Secure" : "")
    }

    /// The session a request's cookies name.
    ///
    /// `nil` also when they name several: then somebody else has set one of them.
    static func token(in fields: HTTP2Fields) -> SessionToken? {
        var found: Substring?
        for field in fields where field.name == "cookie" {
            for pair in field.value.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                guard pair.hasPrefix("\(self.name)=") else { continue }
                guard found == nil else { return nil }
                found = pair.dropFirst(self.name.count + 1)
            }
        }
        return found.flatMap { SessionToken(String($0)) }
    }
}
