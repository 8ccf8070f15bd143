/// Base64 without line breaks (RFC 4648): of the standard alphabet, or the one for URLs.
struct Base64 {
    /// `+` and `/`; padding may be left out when reading and is when writing.
    static let standard = Base64(UInt8(ascii: "+"), UInt8(ascii: "/"), takesPadding: true)
    /// `-` and `_`, without padding.
    static let url = Base64(UInt8(ascii: "-"), UInt8(ascii: "_"), takesPadding: false)

    private let digit62: UInt8
    private let digit63: UInt8
    private let takesPadding: Bool

    private init(_ digit62: UInt8, _ digit63: UInt8, takesPadding: Bool) {
        self.digit62 = digit62
        self.digit63 = digit63
        self.takesPadding = takesPadding
    }

    /// The bytes of a text; `nil` when it is malformed.
    func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits = 0
        var padding = 0
        for digit in text {
            if digit == UInt8(ascii: "="), self.takesPadding {
                padding += 1
                continue
            }
            guard padding == 0, let value = self.value(digit) else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        guard bits < 6, buffer & (1 << UInt32(bits) - 1) == 0,
            padding == 0 || (padding < 3 && text.count % 4 == 0)
        else { return nil }
        return bytes
    }

    /// The text of bytes, without padding.
    func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                text.append(self.digit(buffer >> UInt32(bits) & 63))
            }
        }
        if bits > 0 { text.append(self.digit(buffer << UInt32(6 - bits) & 63)) }
        return String(decoding: text, as: UTF8.self)
    }

    private func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
        case self.digit62: 62
        case self.digit63: 63
        default: nil
        }
    }

    private func digit(_ value: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value)
        return switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: self.digit62
        default: self.digit63
        }
    }
}
