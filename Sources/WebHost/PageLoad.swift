internal import WebHostContract

/// Where the page is on its way to being shown, and what the end of the host will say of it. It only decides;
/// `PageWindow` does.
struct PageLoad {
    private enum Phase: Equatable { case loading, loaded, broken(WebHostExit) }
    private var phase = Phase.loading
    private var threw = false

    /// What the window has to do next.
    enum Step: Equatable {
        case nothing
        case show
        case showError(WebHostExit)
    }

    /// Whether the app's first page is still on its way.
    var isLoading: Bool { phase == .loading }

    /// The page and all it needs to begin with is there.
    mutating func finished() -> Step {
        guard phase == .loading else { return .nothing }
        phase = .loaded
        return .show
    }

    /// Something went wrong that should not in a page which is to be looked at. What a page starts while it loads
    /// often ends a little later, so everything until the picture counts.
    mutating func pageThrew() { threw = true }

    /// The page cannot be shown, or not any longer.
    mutating func broke(_ exit: WebHostExit) -> Step {
        if case .broken = phase { return .nothing }
        phase = .broken(exit)
        return .showError(exit)
    }

    /// How the host ends when the window closes now.
    var exitAtClose: WebHostExit {
        if case .broken(let exit) = phase { exit } else { .closed }
    }

    /// How the host ends when the picture has been written.
    var exitAfterPicture: WebHostExit {
        if case .broken(let exit) = phase { exit } else { threw ? .pageThrew : .closed }
    }
}
