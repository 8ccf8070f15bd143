import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The value of `Date` (RFC 9110, sections 5.6.7 and 6.6.1), made once a second.
enum HTTPDate {
    private static let latest = Mutex<(second: Int, text: String)>((-1, ""))

    /// The date now.
    static var now: String {
        let second = time(nil)
        return self.latest.withLock { latest in
            if latest.second != second { latest = (second, self.text(secondsSince1970: second)) }
            return latest.text
        }
    }

    /// A date in the one form that may be sent: `Sun, 06 Nov 1994 08:49:37 GMT`.
    static func text(secondsSince1970: Int) -> String {
        var seconds = time_t(secondsSince1970)
        var date = tm()
        gmtime_r(&seconds, &date)
        let day = Self.days[Int(date.tm_wday)]
        let month = Self.months[Int(date.tm_mon)]
        let clock = [date.tm_hour, date.tm_min, date.tm_sec].map(Self.twoDigits)
        return "\(day), \(Self.twoDigits(date.tm_mday)) \(month) \(1900 + Int(date.tm_year)) "
            + "\(clock.joined(separator: ":")) GMT"
    }

    private static func twoDigits(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
