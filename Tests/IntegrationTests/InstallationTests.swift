import Platform
import Support
import Testing
import YunCore

/// What `make docs` and `make install` leave.
@Suite struct InstallationTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for script in [
            ["generate-docs", try Checkout.programs, directory.path("docs")],
            ["install", try Checkout.programs, directory.path("docs"), directory.path("usr")],
        ] {
            let arguments = ["Scripts/\(script[0])"] + script.dropFirst()
            let made = try Program("bash").run(arguments, directory: Checkout.path)
            #expect(made.status == 0, "\(made.errors)")
        }
    }

    @Test("an installed ypkg finds the programs beside it and runs apps")
    func installed() throws {
        let script = """
            ypkg key generate me --no-passphrase && ypkg trust add me.pub --class developer &&
            ypkg pack \(Checkout.path)/SamplePackages/notes -o n.ypkg && ypkg sign n.ypkg --key me.key &&
            ypkg install n.ypkg && echo hi | ypkg run notes -- add - && ypkg run notes -- list
            """
        let result = try Program("sh").run(
            ["-c", script], directory: directory.path,
            environment: [
                "PATH": directory.path("usr/bin") + ":/usr/bin:/bin", "YPKG_ROOT": directory.path("root"),
                "HOME": directory.path,
            ])
        #expect(result.status == 0 && result.output.contains("hi"), "\(result.errors)")
    }

    @Test("the program that asks the owner is installed beside the others, and runs")
    func prompt() throws {
        let result = try Program(directory.path("usr/libexec/yun/yprompt")).run(input: Array("{}".utf8))
        #expect(result.status == 66 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("error: the question is not one"), "\(result.errors)")
    }

    @Test("every command has a manual page, and every page its sections")
    func manuals() throws {
        let pages = try directory.tree("usr/share/man/man1")
        for command in [
            "init", "pack", "key-generate", "sign", "verify", "inspect", "list", "info", "install", "remove",
            "run",
            "trust-add",
        ] {
            let page = "ypkg-\(command).1"
            #expect(pages.contains { $0.hasSuffix(page) }, "\(page)")
            let text = String(decoding: try directory.read("usr/share/man/man1/\(page)"), as: UTF8.self)
            for part in [".TH", ".SH NAME", ".SH SYNOPSIS", ".SH OPTIONS"] {
                #expect(text.contains(part), "\(page)")
            }
        }
    }

    @Test("bash completes commands, options and files from the installed script")
    func completions() throws {
        let script = """
            source usr/share/bash-completion/completions/ypkg
            complete() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
              _ypkg "$1" "${@: -1}" "${@: -2:1}"; echo "${COMPREPLY[@]}"; }
            complete ypkg ins; complete ypkg run --scr; touch some.ypkg; complete ypkg install so
            """
        let result = try Program("bash").run(
            ["-c", script], directory: directory.path,
            environment: ["PATH": directory.path("usr/bin") + ":/usr/bin:/bin"])
        #expect(result.output == "inspect install\n--screenshot\nsome.ypkg\n", "\(result.errors)")
    }
}
