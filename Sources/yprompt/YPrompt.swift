internal import Glibc
internal import Prompt

/// A question of the system to the owner, one process for each.
@main
enum YPrompt {
    static func main() {
        exit(Prompt.run(Array(CommandLine.arguments.dropFirst())))
    }
}
