/// The time of day in the words of logs and headers, without a calendar library.
enum Timestamp {
    /// RFC 3339 with milliseconds in UTC: `2026-11-22T02:18:53.123Z`.
    static func rfc3339(millisecondsSince1970: Int64) -> String {
        let seconds = millisecondsSince1970.floorDivided(by: 1000)
        let milliseconds = millisecondsSince1970 - seconds * 1000
        let days = seconds.floorDivided(by: 86_400)
        let time = seconds - days * 86_400
        let (year, month, day) = self.civil(days: days)
        let date = "\(self.digits(year, 4))-\(self.digits(month, 2))-\(self.digits(day, 2))"
        let clock = [time / 3600, time / 60 % 60, time % 60].map { self.digits($0, 2) }
        return "\(date)T\(clock.joined(separator: ":")).\(self.digits(milliseconds, 3))Z"
    }

    /// The date so many days after 1970-01-01 in the proleptic Gregorian calendar.
    ///
    /// Counts from 0000-03-01, so that the leap day is the last of its year.
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}

extension Int64 {
    /// The quotient rounded down, for negative numbers too.
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
