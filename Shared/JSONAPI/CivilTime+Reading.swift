extension CivilTime {
    /// Milliseconds since 1970 of a time as RFC 3339 has it; `nil` when it is none.
    ///
    /// The date must exist; a leap second counts as the second after it. Digits beyond milliseconds
    /// are dropped.
    public static func milliseconds(rfc3339 text: String) -> Int64? {
        var rest = Substring(text)
        guard let year = Self.number(4, of: &rest), Self.skip("-", of: &rest),
            let month = Self.number(2, of: &rest), Self.skip("-", of: &rest),
            let day = Self.number(2, of: &rest), Self.skip("Tt", of: &rest),
            let hour = Self.number(2, of: &rest), Self.skip(":", of: &rest),
            let minute = Self.number(2, of: &rest), Self.skip(":", of: &rest),
            let second = Self.number(2, of: &rest),
            hour < 24, minute < 60, second <= 60,
            let days = Self.days(year, month, day),
            let fraction = Self.fraction(of: &rest), let offset = Self.offset(of: &rest),
            rest.isEmpty
        else { return nil }
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        return seconds * 1000 + fraction
    }

    /// Days since 1970 of a date that exists.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        let days =
            shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
            + dayOfYear - 719_468
        let back = CivilTime(days * 86_400_000)
        let exists =
            Int64(back.year) == year && Int64(back.month) == month && Int64(back.day) == day
        return exists ? days : nil
    }

    private static func number(_ digits: Int, of rest: inout Substring) -> Int64? {
        let text = rest.prefix(digits)
        let isNumber = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard text.utf8.count == digits, isNumber else { return nil }
        rest = rest.dropFirst(digits)
        return Int64(text)
    }

    private static func skip(_ characters: String, of rest: inout Substring) -> Bool {
        guard let first = rest.first, characters.contains(first) else { return false }
        rest.removeFirst()
        return true
    }

    private static func fraction(of rest: inout Substring) -> Int64? {
        guard Self.skip(".", of: &rest) else { return 0 }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        return Int64((digits + "00").prefix(3))
    }

    /// Seconds east of Greenwich.
    private static func offset(of rest: inout Substring) -> Int64? {
        if Self.skip("Zz", of: &rest) { return 0 }
        let isWest = rest.first == "-"
        guard Self.skip("+-", of: &rest), let hours = Self.number(2, of: &rest),
            Self.skip(":", of: &rest), let minutes = Self.number(2, of: &rest),
            hours < 24, minutes < 60
        else { return nil }
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }
}

extension JSON {
    /// A time in milliseconds since 1970 as RFC 3339 has it, in UTC with milliseconds; `null` for
    /// none.
    public static func time(_ milliseconds: Int64?) -> JSON {
        .optional(milliseconds.map { CivilTime($0).rfc3339 })
    }
}
