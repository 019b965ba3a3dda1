internal import Glibc
internal import WebHost

/// The web host, one process for each page that is shown.
@main
enum YWebHost {
    static func main() {
        exit(WebHost.run(Array(CommandLine.arguments.dropFirst())))
    }
}
