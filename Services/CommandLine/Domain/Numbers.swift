import CBOR
import JSONAPI

/// Numbers between JSON and CBOR, exact or refused.
enum Numbers {
    /// A whole number that so many bits hold with a sign.
    static func signed(
        _ json: JSON, bits: Int, _ pointer: String
    ) throws(ShapeMismatch) -> CBORValue {
        let unused = min(max(64 - bits, 0), 63)
        let range = Int64.min >> unused...Int64.max >> unused
        let number = json.integer ?? json.string.flatMap { Int64($0) }
        if let number, range.contains(number) { return .integer(number) }
        throw MessageReader.wrong(
            json, "a whole number from \(range.lowerBound) to \(range.upperBound)", pointer)
    }

    /// A whole number from zero that so many bits hold; what JSON would round is a text of digits.
    static func unsigned(
        _ json: JSON, bits: Int, _ pointer: String
    ) throws(ShapeMismatch) -> CBORValue {
        let highest = UInt64.max >> min(max(64 - bits, 0), 63)
        let number =
            json.integer.flatMap { UInt64(exactly: $0) } ?? json.string.flatMap { UInt64($0) }
        if let number, number <= highest { return .unsigned(number) }
        let form = highest > Int64.max ? " (in quotation marks above \(Int64.max))" : ""
        throw MessageReader.wrong(json, "a whole number from 0 to \(highest)\(form)", pointer)
    }

    /// A floating-point number; whole numbers only where a double holds them exactly.
    static func float(_ json: JSON, _ pointer: String) throws(ShapeMismatch) -> CBORValue {
        switch json {
        case .number(let number): return .double(number)
        case .integer(let number):
            if let double = Double(exactly: number) { return .double(double) }
            throw MessageReader.wrong(json, "a number that a double holds exactly", pointer)
        case .string("NaN"): return .double(.nan)
        case .string("Infinity"): return .double(.infinity)
        case .string("-Infinity"): return .double(-.infinity)
        default:
            throw MessageReader.wrong(
                json, #"a number, "NaN", "Infinity" or "-Infinity""#, pointer)
        }
    }

    /// A floating-point number as JSON.
    static func json(_ number: Double) -> JSON {
        if number.isFinite { return .number(number) }
        if number.isNaN { return "NaN" }
        return number < 0 ? "-Infinity" : "Infinity"
    }

    /// A whole number as JSON: digits in quotation marks where JSON would round it.
    static func json(_ value: CBORValue) -> JSON? {
        if let number = value.integerValue { return .integer(number) }
        switch value {
        case .unsigned(let number): return .string(String(number))
        case .negative: return .string(value.description)
        default: return nil
        }
    }
}
