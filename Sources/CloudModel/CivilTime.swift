/// A point in time in UTC as people and protocols write it.
public struct CivilTime: Sendable {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let secondsPerDay: Int64 = 86_400

    private let daysSince1970: Int64
    private let secondOfDay: Int64
    private let year: Int64
    private let month: Int64
    private let day: Int64

    /// The civil time of an instant. Eras of 400 years begin in March, so that a leap day is the last of its year.
    public init(_ instant: Instant) {
        let seconds = instant.milliseconds.floorDivided(by: 1000)
        daysSince1970 = seconds.floorDivided(by: Self.secondsPerDay)
        secondOfDay = seconds - daysSince1970 * Self.secondsPerDay
        let days = daysSince1970 + 719_468
        let era = days.floorDivided(by: 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// As HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
    public var http: String {
        let weekday = Self.weekdays[Int(daysSince1970 - daysSince1970.floorDivided(by: 7) * 7)]
        return
            "\(weekday), \(day.padded(2)) \(Self.months[Int(month - 1)]) \(year.padded(4)) \(time) GMT"
    }

    /// As RFC 3339 writes it: `1994-11-06T08:49:37Z`.
    public var rfc3339: String {
        "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))T\(time)Z"
    }

    private var time: String {
        "\((secondOfDay / 3600).padded(2)):\((secondOfDay / 60 % 60).padded(2)):\((secondOfDay % 60).padded(2))"
    }

    /// The instant that HTTP's preferred form names, or `nil` for anything else; its two forms of old are nobody's today.
    public static func instant(http text: String) -> Instant? {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[5] == "GMT", let day = Int64(parts[1]), (1...31).contains(day),
            let month = months.firstIndex(of: String(parts[2])), let year = Int64(parts[3]),
            (1...9999).contains(year)
        else { return nil }
        let clock = parts[4].split(separator: ":").compactMap { Int64($0) }
        guard clock.count == 3, (0..<24).contains(clock[0]), (0..<60).contains(clock[1]),
            (0...60).contains(clock[2])
        else { return nil }
        let yearFromMarch = month < 2 ? year - 1 : year
        let era = yearFromMarch.floorDivided(by: 400)
        let yearOfEra = yearFromMarch - era * 400
        let dayOfYear = (153 * ((Int64(month) + 10) % 12) + 2) / 5 + day - 1
        let days =
            era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        let seconds = days * secondsPerDay + clock[0] * 3600 + clock[1] * 60 + clock[2]
        return Instant(milliseconds: seconds * 1000)
    }
}

extension Int64 {
    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    fileprivate func padded(_ width: Int) -> String {
        let text = String(self)
        return String(repeating: "0", count: Swift.max(0, width - text.count)) + text
    }
}
