import Foundation
import JSONAPI

/// An e-mail to one address (RFC 5322): plain text, or the same in HTML beside it (RFC 2046, 5.1.4).
package struct MailMessage: Hashable, Sendable {
    /// What makes the Message-ID, the same however often the message is handed over.
    package var id: String
    /// Who it is from.
    package var from: String
    /// Who gets it.
    package var to: String
    /// What it is about, in one line.
    package var subject: String
    /// The text.
    package var text: String
    /// The same as HTML.
    package var html: String?
    /// When it was written, in milliseconds since 1970.
    package var date: Int64

    /// Makes a message.
    package init(
        id: String, from: String, to: String, subject: String, text: String, html: String? = nil,
        date: Int64
    ) {
        self.id = id
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.date = date
    }

    /// The message on the wire, every line ended by `lineEnd`.
    package func bytes(lineEnd: String) -> [UInt8] {
        let domain = self.from.split(separator: "@").last.map(String.init) ?? "localhost"
        let headers = [
            "Date: \(MailDate.text(self.date))",
            "From: \(Self.address(self.from))",
            "To: \(Self.address(self.to))",
            "Subject: \(Self.unstructured(self.subject))",
            "Message-ID: <\(self.id)@\(domain)>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ]
        let lines = headers + self.body
        return Array(lines.map { $0 + lineEnd }.joined().utf8)
    }

    /// The rest of the header and everything below it.
    private var body: [String] {
        let text = Self.part("plain", self.text)
        guard let html else { return text }
        // Neither part has a line with an underscore after "=": base64 has none, and a text that
        // might have one is written in it.
        let boundary = "=_\(self.id)"
        let parts = [text, Self.part("html", html)].flatMap { ["--\(boundary)"] + $0 }
        return ["Content-Type: multipart/alternative; boundary=\"\(boundary)\"", ""] + parts
            + ["--\(boundary)--"]
    }

    /// A text with its header: as it is where every carrier takes it so, otherwise in base64.
    private static func part(_ subtype: String, _ text: String) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let isPlain = lines.allSatisfy { line in
            line.utf8.count <= self.lineBytesMax && !line.hasPrefix("--=_")
                && line.utf8.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 0x09 }
        }
        return [
            "Content-Type: text/\(subtype); charset=utf-8",
            "Content-Transfer-Encoding: \(isPlain ? "7bit" : "base64")", "",
        ] + (isPlain ? lines : self.base64(lines.joined(separator: "\r\n")))
    }

    /// The longest line of a message, its end not counted (RFC 5322 section 2.1.1).
    private static let lineBytesMax = 998

    /// Lines of 76 digits (RFC 2045 section 6.8).
    private static func base64(_ text: String) -> [String] {
        Data(text.utf8).base64EncodedString(
            options: [.lineLength76Characters, .endLineWithLineFeed]
        ).split(separator: "\n").map(String.init)
    }

    /// An address as one bare `addr-spec`; a local part that is more than atoms is
    /// quoted, so that it can never be read as several addresses (RFC 5322 section 3.4.1).
    static func address(_ address: String) -> String {
        guard let at = address.lastIndex(of: "@") else { return "undisclosed-recipients:;" }
        let local = address[..<at]
        let domain = address[address.index(after: at)...].filter { !"<>,;:\"\\ ()".contains($0) }
        let isAtoms = local.utf8.allSatisfy { Self.isAtomByte($0) || $0 == UInt8(ascii: ".") }
        if isAtoms { return "\(local)@\(domain)" }
        let escaped = local.map { "\"\\".contains($0) ? "\\\($0)" : String($0) }.joined()
        return "\"\(escaped)\"@\(domain)"
    }

    private static func isAtomByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case 0x80...: true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }

    /// A header's text; words beyond ASCII are encoded (RFC 2047, encoding Q), 75 bytes a word.
    static func unstructured(_ text: String) -> String {
        let oneLine = String(text.map { $0.isNewline ? " " : $0 })
        if oneLine.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return oneLine }
        var words: [String] = []
        var word = ""
        for scalar in oneLine.unicodeScalars {
            let encoded = Self.quoted(scalar)
            if word.utf8.count + encoded.utf8.count > 60 {
                words.append(word)
                word = ""
            }
            word += encoded
        }
        words.append(word)
        return words.map { "=?utf-8?Q?\($0)?=" }.joined(separator: " ")
    }

    private static func quoted(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case " ": return "_"
        case "a"..."z", "A"..."Z", "0"..."9", "-", ".", ",", ":", "/": return String(scalar)
        default:
            return String(scalar).utf8.map { byte in
                let digits = String(byte, radix: 16, uppercase: true)
                return "=" + (digits.count == 1 ? "0" : "") + digits
            }.joined()
        }
    }
}

/// The date of a message's header (RFC 5322 section 3.3), in UTC.
enum MailDate {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(_ milliseconds: Int64) -> String {
        let time = CivilTime(milliseconds)
        let day = self.days[Int(((time.daysSince1970 % 7) + 7) % 7)]
        return "\(day), \(time.day) \(self.months[time.month - 1]) \(time.year) "
            + "\(time.clock) +0000"
    }
}
