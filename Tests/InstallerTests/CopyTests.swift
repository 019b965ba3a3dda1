import Platform
import Support
import Testing
import YunCore

/// Trees as an app may make them, copied for the way back.
@Suite struct CopyTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
        for name in ["from", "to", "links"] { _ = try top.makeDirectory(name) }
    }

    private var top: AnchoredDirectory { get throws { try AnchoredDirectory(at: directory.path) } }

    private func copy(budgetBytes: Int = 1 << 30) throws {
        try top.copyTree(
            "from", to: top.directory("to"), as: "copy", links: top.directory("links"),
            budgetBytes: budgetBytes)
    }

    private func shell(_ script: String) throws -> String {
        let result = try Program("/bin/sh").run(["-c", script], directory: directory.path)
        #expect(result.status == 0, "\(result.errors)")
        return result.output
    }

    @Test("T-13: modes, owners, times, links and strange files are as before; symlinks are not followed")
    func faithful() throws {
        _ = try shell(
            """
            cd from; echo one > file; ln file again; mkdir -p dir/inner; ln file dir/third; ln -s /etc/passwd out
            ln -s nowhere dir/dangling; mkfifo -m 600 pipe; touch "$(printf 'bad\\377name')"; chmod 4711 file
            printf x > shut; chmod 0 shut; chmod 500 dir/inner; mkdir -m 0 closed; touch -d '2001-02-03 04:05:06' file dir
            [ $(id -u) -ne 0 ] || chown -hR 4321:4322 .; chmod 4711 file
            """)
        let list = """
            cd $0; find . -type d -printf '%P %m %U:%G %T@\\n' -o -printf '%P %y %m %U:%G %T@ %n %s %l\\n' | sort
            """
        func listing(_ name: String) throws -> String {
            try Program("/bin/sh").run(["-c", list, directory.path(name)]).output
        }
        let before = try listing("from")
        try copy()
        try top.directory("links").names().forEach { name in try top.directory("links").remove(name) }
        #expect(try listing("to/copy") == before)
        #expect(try listing("from") == before)
        #expect(before.split(separator: "\n").count >= 11)
        #expect(try shell("cat to/copy/again") == "one\n")
        #expect(try shell("stat -c %i from/file to/copy/file | uniq | wc -l") == "2\n")
    }

    @Test("T-13: holes stay holes, and a file of nothing but a hole costs nothing")
    func sparse() throws {
        _ = try shell(
            """
            truncate -s 4T from/huge; truncate -s 40M from/some; printf data | dd of=from/some bs=1 seek=20000000 conv=notrunc
            printf end >> from/some
            """)
        try copy(budgetBytes: 1 << 20)
        #expect(try shell("stat -c %s to/copy/huge") == "\(4 << 40)\n")
        _ = try shell("cmp from/some to/copy/some")
        #expect(try #require(try Int(shell("du -sk to/copy | cut -f1").dropLast())) < 100)
    }

    @Test("T-13: what is larger than the budget, or nested beyond measure, is an error and not a full disk")
    func bounds() throws {
        _ = try shell("head -c 3000000 /dev/urandom > from/noise")
        #expect(code { try copy(budgetBytes: 2_000_000) } == .noSpace)
        try top.directory("to").removeTree("copy")
        _ = try shell("rm from/noise; i=0; while [ $i -lt 1000 ]; do : > from/$i; i=$((i+1)); done")
        #expect(code { try copy(budgetBytes: 2_000_000) } == .noSpace)
        try top.directory("to").removeTree("copy")
        var place = try top.directory("from")
        for _ in 0..<201 { place = try place.makeDirectory("d") }
        #expect(code { try copy() } != nil)
    }

    @Test("T-13: many names of one file stay one file")
    func hardLinks() throws {
        _ = try shell(
            "head -c 100000 /dev/urandom > from/0; i=1; while [ $i -lt 500 ]; do ln from/0 from/$i; i=$((i+1)); done"
        )
        try copy(budgetBytes: 4096 * 520 + 100_000)
        #expect(try top.directory("to/copy").status(of: "499")?.linkCount == 501)
        #expect(try shell("cmp from/0 to/copy/400; echo $?") == "0\n")
    }
}
