/// A moment as people write it, in UTC.
///
/// The calendar is the proleptic Gregorian one. Days are counted in 400-year cycles of 146,097 days
/// from 1 March of the year 0, so that the leap day ends a year.
public struct CivilTime: Hashable, Sendable {
    /// The year; 0 is the year before 1.
    public let year: Int
    /// The month, from 1.
    public let month: Int
    /// The day of the month, from 1.
    public let day: Int
    /// Whole days since 1 January 1970; negative before.
    public let daysSince1970: Int64
    private let millisecondOfDay: Int64

    private static let dayMilliseconds: Int64 = 86_400_000
    private static let cycleDays: Int64 = 146_097
    /// Days from 1 March of the year 0 to 1 January 1970.
    private static let epochDays: Int64 = 719_468

    /// The moment so many milliseconds since 1970.
    public init(_ milliseconds: Int64) {
        let remainder = milliseconds % Self.dayMilliseconds
        self.millisecondOfDay = remainder < 0 ? remainder + Self.dayMilliseconds : remainder
        self.daysSince1970 = (milliseconds - self.millisecondOfDay) / Self.dayMilliseconds
        let shifted = self.daysSince1970 + Self.epochDays
        let cycle = (shifted >= 0 ? shifted : shifted - (Self.cycleDays - 1)) / Self.cycleDays
        let dayOfCycle = shifted - cycle * Self.cycleDays
        let yearOfCycle =
            (dayOfCycle - dayOfCycle / 1460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        self.day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        self.month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        self.year = Int(yearOfCycle + cycle * 400 + (shiftedMonth >= 10 ? 1 : 0))
    }

    /// `hh:mm:ss`.
    public var clock: String {
        let seconds = self.millisecondOfDay / 1000
        return [seconds / 3600, seconds / 60 % 60, seconds % 60]
            .map { Self.padded($0, 2) }.joined(separator: ":")
    }

    /// The moment as RFC 3339 has it: `2025-01-31T09:30:00.250Z`.
    public var rfc3339: String {
        let seconds = Int(self.millisecondOfDay / 1000)
        // RFC 3339 has years of four digits; further ones are written with as many as they need.
        let year = Self.padded(Int64(self.year), 4)
        return year
            + String(unsafeUninitializedCapacity: 20) { buffer in
                var count = 0
                func put(_ separator: UInt8, _ number: Int, digits: Int) {
                    buffer[count] = separator
                    var rest = number
                    for place in stride(from: count + digits, to: count, by: -1) {
                        buffer[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                        rest /= 10
                    }
                    count += digits + 1
                }
                put(UInt8(ascii: "-"), self.month, digits: 2)
                put(UInt8(ascii: "-"), self.day, digits: 2)
                put(UInt8(ascii: "T"), seconds / 3600, digits: 2)
                put(UInt8(ascii: ":"), seconds / 60 % 60, digits: 2)
                put(UInt8(ascii: ":"), seconds % 60, digits: 2)
                put(UInt8(ascii: "."), Int(self.millisecondOfDay % 1000), digits: 3)
                buffer[count] = UInt8(ascii: "Z")
                return count + 1
            }
    }

    private static func padded(_ number: Int64, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
