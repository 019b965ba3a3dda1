import ArgumentParser
import Platform
@main struct Ypkg: ParsableCommand { func run() { print("hi") } }
