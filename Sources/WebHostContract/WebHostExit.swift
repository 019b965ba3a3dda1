/// How a web host ends (`spec/web-host.md`, Exit statuses).
public enum WebHostExit: Int32, Sendable, CaseIterable {
    /// The owner closed the window, or the picture was written.
    case closed = 0
    /// The arguments do not fit.
    case usage = 64
    /// The package, data or cache directory cannot be opened.
    case directoryUnusable = 66
    /// The page's file is not in the package.
    case pageMissing = 67
    /// There is no display to open a window on.
    case displayMissing = 69
    /// The picture cannot be written.
    case pictureUnwritable = 73
    /// The picture was written, but until then the page threw an error that nothing caught, or a part of it was
    /// missing or refused.
    case pageThrew = 80
    /// The process that shows the page ended, or the engine failed.
    case crashed = 81
    /// The page did not load in time.
    case timedOut = 82
    /// Every pixel of the picture is the same.
    case pictureBlank = 83
}
