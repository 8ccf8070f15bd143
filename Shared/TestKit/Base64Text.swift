import Foundation

/// Base64 (RFC 4648, section 4) of a text, for `Authorization: Basic`.
public enum Base64Text {
    /// The digits of the text's UTF-8, padded.
    public static func encode(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
