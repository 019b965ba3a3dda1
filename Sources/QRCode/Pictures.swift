extension QRCode {
    /// Modules that are light around the picture (ISO/IEC 18004, 9.1).
    private static let quiet = 4

    /// As SVG, to stand in a page: one module is one unit.
    public var svg: String {
        var path = ""
        for y in 0..<size {
            for x in 0..<size where self[x, y] { path += "M\(x + Self.quiet) \(y + Self.quiet)h1v1h-1z" }
        }
        let edge = size + 2 * Self.quiet
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(edge) \(edge)\" role=\"img\" "
            + "shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h\(edge)v\(edge)h-\(edge)z\"/>"
            + "<path fill=\"#000\" d=\"\(path)\"/></svg>"
    }

    /// For terminals, two rows of modules in a line. The colours are said, since dark on light and light on dark are both usual
    /// and not every phone reads both.
    public var terminalText: String {
        var text = ""
        for y in stride(from: -Self.quiet, to: size + Self.quiet, by: 2) {
            text += "\u{1B}[30;107m"
            for x in -Self.quiet..<size + Self.quiet {
                switch (self[x, y], self[x, y + 1]) {
                case (true, true): text += "█"
                case (true, false): text += "▀"
                case (false, true): text += "▄"
                case (false, false): text += " "
                }
            }
            text += "\u{1B}[0m\n"
        }
        return text
    }
}
