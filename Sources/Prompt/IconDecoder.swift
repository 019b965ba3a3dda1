internal import CGTK
internal import GTKSignals
internal import Platform
internal import Sandbox
internal import YunCore

/// Makes pixels of a picture that an app brings, in a process that can do nothing else
/// (`spec/decisions/0034-icons-in-questions.md`). Nobody but ``IconDecoding`` starts it.
enum IconDecoder {
    static let argument = "--decode-icon"
    /// One thread for the library's filters; no attempts to tell of a crash, which would last as long as they may.
    static let environment = ["RAYON_NUM_THREADS=1", "SWIFT_BACKTRACE=enable=no"]

    private static let memoryBytesMax = 64 << 20
    private static let processorSecondsMax = 2

    /// Decodes standard input and writes ``IconPixels`` to standard output, or nothing.
    /// - Returns: the exit status.
    static func run() -> Int32 {
        do throws(Failure) {
            // Decoders load modules and begin threads when they are first used; once confined, they cannot.
            for harmless in [onePixelPNG, blurredSVG] { _ = decode(harmless) }
            try Confinement.enter(memoryBytesMax: memoryBytesMax, processorSecondsMax: processorSecondsMax)
            let picture = try OwnedDescriptor(owning: 0)
                .readToEnd(limit: Limits.iconBytesMax, describedAs: "the picture")
            guard let pixels = decode(picture) else { return 1 }
            try OwnedDescriptor(owning: 1).write(pixels.bytes)
            return 0
        } catch { return error.code.exitStatus }
    }

    /// Of two formats alone, whatever else the library could read. The library shows what there is of a PNG that is cut
    /// off, so its last bytes count as well.
    private static func format(of picture: [UInt8]) -> String? {
        if picture.first == UInt8(ascii: "<") { return "svg" }
        let isWhole = picture.suffix(12) == onePixelPNG.suffix(12)
        return isWhole && picture.starts(with: onePixelPNG.prefix(8)) ? "png" : nil
    }

    /// As large as fits, in the middle.
    private static func decode(_ picture: [UInt8]) -> IconPixels? {
        guard let format = format(of: picture),
            let loader = unsafe gdk_pixbuf_loader_new_with_type(format, nil)
        else { return nil }
        defer { unsafe g_object_unref(UnsafeMutableRawPointer(loader)) }
        unsafe connect(UnsafeMutableRawPointer(loader), "size-prepared") { signal in
            let (width, height) = (Double(signal.integer(1)), Double(signal.integer(2)))
            let scale = Double(IconPixels.side) / max(width, height, 1)
            unsafe gdk_pixbuf_loader_set_size(
                loader, Int32(max(1, width * scale)), Int32(max(1, height * scale)))
            return .none
        }
        let isRead = unsafe gdk_pixbuf_loader_write(loader, picture, gsize(picture.count), nil) != 0
        // Also one that failed must be closed before it goes.
        let isWhole = unsafe gdk_pixbuf_loader_close(loader, nil) != 0
        guard isRead, isWhole, let decoded = unsafe gdk_pixbuf_loader_get_pixbuf(loader) else { return nil }
        return unsafe centred(decoded)
    }

    private static func centred(_ picture: OpaquePointer) -> IconPixels? {
        let side = IconPixels.side
        let width = unsafe gdk_pixbuf_get_width(picture)
        let height = unsafe gdk_pixbuf_get_height(picture)
        guard (1...side).contains(width), (1...side).contains(height),
            let canvas = unsafe gdk_pixbuf_new(GDK_COLORSPACE_RGB, 1, 8, side, side)
        else { return nil }
        defer { unsafe g_object_unref(UnsafeMutableRawPointer(canvas)) }
        unsafe gdk_pixbuf_fill(canvas, 0)
        unsafe gdk_pixbuf_copy_area(
            picture, 0, 0, width, height, canvas, (side - width) / 2, (side - height) / 2)
        guard unsafe gdk_pixbuf_get_rowstride(canvas) == side * 4 else { return nil }
        let start = unsafe gdk_pixbuf_read_pixels(canvas)
        return IconPixels(unsafe Array(UnsafeBufferPointer(start: start, count: IconPixels.sizeBytes)))
    }

    private static let blurredSVG = Array(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">
        <filter id="a"><feGaussianBlur stdDeviation="2"/></filter><path filter="url(#a)" d="M0 0h9v9z"/></svg>
        """.utf8)

    private static let onePixelPNG: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0,
        0, 1,
        8, 0, 0, 0, 0, 0x3A, 0x7E, 0x9B, 0x55, 0, 0, 0, 0x0A, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0xF8,
        0x0F, 0, 1, 1, 1, 0, 0x1C, 0xB0, 0x8C, 0x99, 0, 0, 0, 0, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60,
        0x82,
    ]
}
