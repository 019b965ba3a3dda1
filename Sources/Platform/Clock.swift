internal import Glibc

/// Times for people, in the time zone of this machine.
public enum Clock {
    /// `2026-03-01 14:05:09.123`.
    /// - Parameter milliseconds: since 1970.
    public static func text(of milliseconds: Int) -> String {
        var seconds = time_t(milliseconds / 1000)
        var parts = unsafe tm()
        unsafe localtime_r(&seconds, &parts)
        func digits(_ number: Int, _ count: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
        }
        let day = unsafe [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
        let time = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
        return day.map { digits($0, 2) }.joined(separator: "-") + " "
            + time.map { digits(Int($0), 2) }.joined(separator: ":") + "." + digits(milliseconds % 1000, 3)
    }
}
