/// Percent-encoding of URLs (RFC 3986, section 2.1).
public enum PercentCoding {
    /// Decodes a path segment or query component; `nil` when it is malformed or not UTF-8.
    ///
    /// - Parameter plusIsSpace: As in `application/x-www-form-urlencoded` queries.
    public static func decode(_ text: some StringProtocol, plusIsSpace: Bool = false) -> String? {
        let utf8 = text.utf8
        guard utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(utf8.count)
        var iterator = utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(JSONParser.hexadecimal),
                    let low = iterator.next().flatMap(JSONParser.hexadecimal)
                else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
