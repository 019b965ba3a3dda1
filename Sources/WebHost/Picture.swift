internal import CWebKitGTK
internal import Platform
internal import WebHostContract
internal import YunCore

/// Takes the picture of a page.
@safe struct Picture {
    let view: UnsafeMutablePointer<WebKitWebView>
    let size: WindowSize
    let output: SharedDescriptor
    /// How long nothing may change in a page that is at rest.
    static let restMilliseconds = 150
    /// How long to wait for a page that never rests.
    static let unrestMillisecondsMax = 2000

    /// Calls `done` when fonts are there, two frames were drawn and the document has not changed for a while: apps
    /// go on drawing after their load event.
    func waitUntilDrawn(_ done: @escaping (PictureFault?) -> Void) {
        // `document.fonts.ready` would never come where WebKit sent no load event.
        let drawn = """
            const start = performance.now();
            let changed = start;
            const observer = new MutationObserver(() => { changed = performance.now(); });
            observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
            await new Promise(requestAnimationFrame);
            do {
              await new Promise(requestAnimationFrame);
              if (document.fonts.status !== "loaded") changed = performance.now();
            } while (performance.now() - changed < \(Self.restMilliseconds)
              && performance.now() - start < \(Self.unrestMillisecondsMax));
            observer.disconnect();
            """
        unsafe wait(for: drawn, in: view) { fault in
            let text = fault.map { "the page does not say whether it is drawn: \($0)" }
            done(text.map { PictureFault(exit: .crashed, text: $0) })
        }
    }

    /// Takes the picture of what is visible, writes it and calls `done`.
    func take(_ done: @escaping (PictureFault?) -> Void) {
        let callback = unsafe AsyncCallback { result in
            var error: UnsafeMutablePointer<GError>?
            let surface = unsafe webkit_web_view_get_snapshot_finish(view, result, &error)
            guard let surface = unsafe surface else {
                let text = unsafe "the engine made no picture: \(consume(error))"
                return done(PictureFault(exit: .crashed, text: text))
            }
            defer { unsafe cairo_surface_destroy(surface) }
            done(unsafe write(surface))
        }
        unsafe webkit_web_view_get_snapshot(
            view, WEBKIT_SNAPSHOT_REGION_VISIBLE, WEBKIT_SNAPSHOT_OPTIONS_NONE, nil, AsyncCallback.function,
            callback.retained)
    }

    /// Draws the engine's surface on one of the window's exact size, and writes that.
    private func write(_ surface: OpaquePointer) -> PictureFault? {
        let width = unsafe Int(cairo_image_surface_get_width(surface))
        let height = unsafe Int(cairo_image_surface_get_height(surface))
        guard width >= size.width, height >= size.height else {
            let text = "the window is \(width)x\(height), not \(size.width)x\(size.height)"
            return PictureFault(exit: .pictureUnwritable, text: text)
        }
        let exact = unsafe cairo_image_surface_create(
            CAIRO_FORMAT_RGB24, Int32(size.width), Int32(size.height))
        defer { unsafe cairo_surface_destroy(exact) }
        let drawing = unsafe cairo_create(exact)
        unsafe cairo_set_source_surface(drawing, surface, 0, 0)
        unsafe cairo_paint(drawing)
        unsafe cairo_destroy(drawing)
        unsafe cairo_surface_flush(exact)
        guard unsafe !isBlank(exact) else {
            let text = "every pixel of the picture has the same colour"
            return PictureFault(exit: .pictureBlank, text: text)
        }
        return unsafe writePNG(exact)
    }

    private func isBlank(_ surface: OpaquePointer?) -> Bool {
        guard let start = unsafe cairo_image_surface_get_data(surface) else { return true }
        let stride = unsafe Int(cairo_image_surface_get_stride(surface))
        let first = unsafe UnsafeRawPointer(start).loadUnaligned(as: UInt32.self) & 0xFF_FFFF
        for row in 0..<size.height {
            for column in 0..<size.width {
                let pixel = unsafe UnsafeRawPointer(start).loadUnaligned(
                    fromByteOffset: row * stride + column * 4, as: UInt32.self)
                if pixel & 0xFF_FFFF != first { return false }
            }
        }
        return true
    }

    private func writePNG(_ surface: OpaquePointer?) -> PictureFault? {
        let target = unsafe Unmanaged.passUnretained(output).toOpaque()
        let status = unsafe cairo_surface_write_to_png_stream(
            surface,
            { target, bytes, count in
                guard let target = unsafe target else { return CAIRO_STATUS_WRITE_ERROR }
                let output = unsafe Unmanaged<SharedDescriptor>.fromOpaque(target).takeUnretainedValue()
                do throws(Failure) {
                    try unsafe output.descriptor.write(
                        UnsafeRawBufferPointer(start: bytes, count: Int(count)))
                    return CAIRO_STATUS_SUCCESS
                } catch {
                    return CAIRO_STATUS_WRITE_ERROR
                }
            }, target)
        guard status == CAIRO_STATUS_SUCCESS else {
            let text = unsafe "cannot write the picture: \(String(cString: cairo_status_to_string(status)))"
            return PictureFault(exit: .pictureUnwritable, text: text)
        }
        return nil
    }
}

/// Why there is no picture.
struct PictureFault {
    let exit: WebHostExit
    let text: String
}
