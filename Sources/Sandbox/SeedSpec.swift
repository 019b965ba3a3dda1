internal import CLinux
internal import YunCore

/// Writes a plan as the block of bytes that `seed` executes (`SeedSpec.h`).
struct SeedSpec {
    /// What the plan does not say.
    struct Wiring {
        /// How many descriptors the app gets.
        var descriptorCount: Int
        /// Whether the first one is a terminal, to be the program's own.
        var isTerminal = false
        /// Whether a socket for the filter's listener comes behind them.
        var hasReports = false
        var filter: [UInt8]
    }

    private var bytes: [UInt8] = Array(repeating: 0, count: MemoryLayout<seed_spec>.size)

    /// The block for `plan`.
    static func encode(_ plan: Plan, _ wiring: Wiring) -> [UInt8] {
        var block = SeedSpec()
        var spec = seed_spec()
        spec.magic = UInt32(SEED_MAGIC)
        spec.version = UInt32(SEED_VERSION)
        if wiring.isTerminal { spec.flags |= UInt32(SEED_TERMINAL.rawValue) }
        if wiring.hasReports { spec.flags |= UInt32(SEED_REPORTS.rawValue) }
        spec.user = plan.user
        spec.group = plan.group
        spec.descriptors = UInt32(wiring.descriptorCount)
        spec.hostname = block.text(plan.page.domain.hostLabel)
        spec.directory = block.text(plan.directory)
        spec.executable = block.text(plan.executable)
        spec.operations = block.records(plan.operations) { block, line in block.operation(line) }
        spec.rules = block.records(plan.rules) { block, rule in
            seed_rule(path: block.text(rule.path), reserved: 0, rights: rule.rights.rawValue)
        }
        spec.limits = block.records(plan.limits) { _, limit in
            seed_limit(resource: limit.resource, reserved: 0, value: limit.value)
        }
        spec.filter = seed_range(offset: block.data(wiring.filter), count: UInt32(wiring.filter.count / 8))
        spec.arguments = block.records(plan.arguments) { block, argument in block.text(argument) }
        spec.environment = block.records(plan.environment) { block, variable in
            block.text("\(variable.name)=\(variable.value)")
        }
        // The NUL that ends every text at the latest.
        block.bytes.append(0)
        spec.size_bytes = UInt32(block.bytes.count)
        block.bytes.replaceSubrange(..<MemoryLayout<seed_spec>.size, with: Self.bytes(of: spec))
        return block.bytes
    }

    private mutating func operation(_ line: Plan.Operation) -> seed_operation {
        var operation = seed_operation()
        operation.target = text(String(line.path.dropFirst()))
        operation.source = operation.target
        switch line {
        case .directory(_, let permissions):
            operation.kind = SEED_DIRECTORY.rawValue
            operation.mode = permissions
        case .file(_, let contents, let permissions):
            operation.kind = SEED_FILE.rawValue
            operation.mode = permissions
            operation.source = data(contents)
            operation.source_bytes = UInt32(contents.count)
        case .link(_, let target):
            operation.kind = SEED_SYMLINK.rawValue
            operation.source = text(target)
        case .temporary(_, let size, let permissions):
            operation.kind = SEED_TMPFS.rawValue
            operation.mode = permissions
            operation.size_bytes = UInt64(max(0, size))
        case .mount(let source, _, let access, let isOwn):
            operation.kind = SEED_BIND.rawValue
            operation.source = text(source)
            operation.flags = Self.flags(access, isOwn: isOwn)
        case .processes:
            operation.kind = SEED_PROC.rawValue
        }
        return operation
    }

    private static func flags(_ access: Plan.Access, isOwn: Bool) -> UInt32 {
        var flags: UInt32 = 0
        if !access.contains(.write) { flags |= SEED_READ_ONLY.rawValue }
        if !access.contains(.execute) { flags |= SEED_NO_EXEC.rawValue }
        if access.contains(.devices) { flags |= SEED_DEVICES.rawValue }
        if access.contains(.asOwner) { flags |= SEED_AS_OWNER.rawValue }
        if isOwn { flags |= SEED_NO_FOLLOW.rawValue }
        return flags
    }

    private mutating func text(_ text: String) -> UInt32 { data(Array(text.utf8) + [0]) }

    private mutating func data(_ data: [UInt8]) -> UInt32 {
        while !bytes.count.isMultiple(of: 8) { bytes.append(0) }
        defer { bytes += data }
        return UInt32(bytes.count)
    }

    private mutating func records<Source, Record: BitwiseCopyable>(
        _ list: some Collection<Source>, _ make: (inout SeedSpec, Source) -> Record
    ) -> seed_range {
        var records: [UInt8] = []
        for item in list { records += Self.bytes(of: make(&self, item)) }
        return seed_range(offset: data(records), count: UInt32(list.count))
    }

    private static func bytes<Record: BitwiseCopyable>(of record: Record) -> [UInt8] {
        unsafe withUnsafeBytes(of: record) { unsafe Array($0) }
    }
}
