# Turns one command of `ypkg --experimental-dump-help`, or of another tool, into a manual page in man(7) macros.
def escape: gsub("\\\\"; "\\e") | gsub("-"; "\\-") | gsub("(?<start>^|\n)(?<c>[.'])"; "\(.start)\\&\(.c)");
def path: ((.superCommands // []) + [.commandName]);
def flag: if .kind == "short" then "-" + .name else "--" + .name end;
def names: (.names // []) | map(flag | escape) | join(", ");
def synopsis:
    (if .kind == "positional" then "\\fI\(.valueName | escape)\\fR"
    elif .kind == "flag" then "\\fB\(.preferredName | flag | escape)\\fR"
    else "\\fB\(.preferredName | flag | escape)\\fR \\fI\(.valueName | escape)\\fR" end)
    + (if .isRepeating then "..." else "" end);
def usage: if .isOptional then "[\(synopsis)]" else synopsis end;
def entry:
    ".TP\n" + (if .kind == "positional" then "\\fI\(.valueName | escape)\\fR" else "\\fB\(names)\\fR"
        + (if .kind == "option" then " \\fI\(.valueName | escape)\\fR" else "" end) end)
    + "\n" + ((.abstract // "") + " " + (.discussion // "")
        + (if .defaultValue then " Default: \(.defaultValue)." else "" end) | escape);
def shown: (.arguments // []) | map(select(.shouldDisplay));
def page:
    ".TH \(path | join("-") | ascii_upcase) 1 \"\" \"Yun\" \"Yun\"",
    ".SH NAME", "\(path | join("-") | escape) \\- \(.abstract // "" | escape)",
    ".SH SYNOPSIS", "\\fB\(path | join(" ") | escape)\\fR "
        + (if .subcommands then "\\fIsubcommand\\fR" else (shown | map(usage) | join(" ")) end),
    (if .discussion then ".SH DESCRIPTION", (.discussion | escape) else empty end),
    (if (shown | length) > 0 then ".SH OPTIONS", (shown[] | entry) else empty end),
    (if .subcommands then ".SH SUBCOMMANDS",
        (.subcommands[] | select(.commandName != "help") | ".TP\n\\fB\(path | join("-") | escape)\\fR(1)\n\(.abstract // "" | escape)")
        else empty end),
    (if (.superCommands // []) != [] then ".SH SEE ALSO", "\\fB\(.superCommands | join("-") | escape)\\fR(1)" else empty end);
def all: ., ((.subcommands // [])[] | select(.commandName != "help") | all);
.command | all | { name: (path | join("-")), text: ([page] | join("\n")) }
