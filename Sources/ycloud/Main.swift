internal import CloudCommands

@main
struct Main {
    static func main() async {
        await Ycloud.start()
    }
}
