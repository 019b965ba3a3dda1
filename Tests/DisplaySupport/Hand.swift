import Glibc

/// A finger and a keyboard at an X display, through its XTEST extension: to programs, what they do is the owner's.
@safe package final class Hand {
    private typealias Display = OpaquePointer
    private let display: Display
    private let xlib: UnsafeMutableRawPointer
    private let xtest: UnsafeMutableRawPointer

    package init?(display name: String) {
        guard let xlib = unsafe dlopen("libX11.so.6", RTLD_NOW),
            let xtest = unsafe dlopen("libXtst.so.6", RTLD_NOW)
        else { return nil }
        unsafe self.xlib = xlib
        unsafe self.xtest = xtest
        typealias Open = @convention(c) (UnsafePointer<CChar>?) -> Display?
        guard let open = unsafe dlsym(xlib, "XOpenDisplay"),
            let display = unsafe unsafeBitCast(open, to: Open.self)(name)
        else { return nil }
        unsafe self.display = display
    }

    /// Must come before the server ends: Xlib ends the whole process when it loses one.
    package func leave() {
        typealias Close = @convention(c) (Display) -> Int32
        if let close = unsafe dlsym(xlib, "XCloseDisplay") {
            _ = unsafe unsafeBitCast(close, to: Close.self)(display)
        }
    }

    package func move(x: Int, y: Int) {
        typealias Move = @convention(c) (Display, Int32, Int32, Int32, UInt) -> Int32
        guard let move = unsafe dlsym(xtest, "XTestFakeMotionEvent") else { return }
        _ = unsafe unsafeBitCast(move, to: Move.self)(display, -1, Int32(x), Int32(y), 0)
        flush()
    }

    package func tap(x: Int, y: Int) {
        move(x: x, y: y)
        fake("XTestFakeButtonEvent", 1, isDown: true)
        fake("XTestFakeButtonEvent", 1, isDown: false)
    }

    /// Presses keys together and lets go of them, by their X names.
    package func press(_ names: String...) {
        let codes = names.map(code)
        for code in codes { fake("XTestFakeKeyEvent", code, isDown: true) }
        for code in codes.reversed() { fake("XTestFakeKeyEvent", code, isDown: false) }
    }

    /// Asks the window under the finger to close, as a window manager does.
    package func closeWindow() {
        // XClientMessageEvent: type, serial, send_event, display, window, message_type, format, data.
        var event = [Int](repeating: 0, count: 24)
        event[0] = 33
        event[4] = Int(windowUnderPointer())
        event[5] = Int(atom("WM_PROTOCOLS"))
        event[6] = 32
        event[7] = Int(atom("WM_DELETE_WINDOW"))
        typealias Send = @convention(c) (Display, UInt, Int32, Int, UnsafeMutablePointer<Int>) -> Int32
        guard let send = unsafe dlsym(xlib, "XSendEvent") else { return }
        _ = unsafe unsafeBitCast(send, to: Send.self)(display, UInt(event[4]), 0, 0, &event)
        flush()
    }

    private func windowUnderPointer() -> UInt {
        typealias Root = @convention(c) (Display) -> UInt
        typealias Query =
            @convention(c) (
                Display, UInt, UnsafeMutablePointer<UInt>, UnsafeMutablePointer<UInt>,
                UnsafeMutablePointer<Int32>,
                UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>,
                UnsafeMutablePointer<UInt32>
            ) -> Int32
        guard let root = unsafe dlsym(xlib, "XDefaultRootWindow"),
            let query = unsafe dlsym(xlib, "XQueryPointer")
        else { return 0 }
        var (top, child, mask): (UInt, UInt, UInt32) = (0, 0, 0)
        var places: (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        let screen = unsafe unsafeBitCast(root, to: Root.self)(display)
        _ = unsafe unsafeBitCast(query, to: Query.self)(
            display, screen, &top, &child, &places.0, &places.1, &places.2, &places.3, &mask)
        return child
    }

    private func atom(_ name: String) -> UInt {
        typealias Intern = @convention(c) (Display, UnsafePointer<CChar>, Int32) -> UInt
        guard let intern = unsafe dlsym(xlib, "XInternAtom") else { return 0 }
        return unsafe unsafeBitCast(intern, to: Intern.self)(display, name, 0)
    }

    private func code(_ name: String) -> UInt32 {
        typealias Symbol = @convention(c) (UnsafePointer<CChar>) -> UInt
        typealias Code = @convention(c) (Display, UInt) -> UInt8
        guard let symbol = unsafe dlsym(xlib, "XStringToKeysym"),
            let code = unsafe dlsym(xlib, "XKeysymToKeycode")
        else { return 0 }
        let number = unsafe unsafeBitCast(symbol, to: Symbol.self)(name)
        return UInt32(unsafe unsafeBitCast(code, to: Code.self)(display, number))
    }

    private func fake(_ function: String, _ number: UInt32, isDown: Bool) {
        typealias Fake = @convention(c) (Display, UInt32, Int32, UInt) -> Int32
        guard let fake = unsafe dlsym(xtest, function) else { return }
        _ = unsafe unsafeBitCast(fake, to: Fake.self)(display, number, isDown ? 1 : 0, 0)
        flush()
    }

    private func flush() {
        typealias Flush = @convention(c) (Display) -> Int32
        if let flush = unsafe dlsym(xlib, "XFlush") {
            _ = unsafe unsafeBitCast(flush, to: Flush.self)(display)
        }
    }
}
