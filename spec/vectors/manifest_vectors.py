"""The manifest vectors. A ◆ stands before every place where a mistake must be reported, and is taken out."""

BASE = """{
  "domain": {
    "name": "notes.example.com",
    "title": { "en": "Notes", "zh": "笔记" },
    "version": "1.0.0",
    "version_code": 1,
    "use_sdk": 1,
    "permission": {
      "use_permission": [
        { "name": "NETWORK.permission.yunos.com", "reason": { "en": "To fetch pictures", "zh": "用于下载图片" } }
      ]
    },
    "network": { "hosts": ["img.example.com", "*.cdn.example.com"] }
  },
  "pages": [
    {
      "uri": "page://notes.example.com/home",
      "type": "web",
      "content_path": "index.html",
      "main": true,
      "title": "Notes",
      "icon": "icon.svg",
      "display": { "orientation": "portrait" },
      "events": ["link"]
    }
  ],
  "files": ["index.html", "icon.svg", "app/**"]
}
"""
SHORT = """{
  "domain": { "name": "notes.example.com", "title": "Notes", "version": "1", "version_code": 1, "use_sdk": 1 },
  "pages": [
    { "uri": "page://notes.example.com/home", "type": "web", "content_path": "index.html", "main": true, "title": "Notes" }
  ],
  "files": ["index.html"]
}
"""
# The directory that the manifests are checked with.
TREE = [{"path": "app/main.js", "mode": "0644"}, {"path": "app/lib/util.js", "mode": "0644"}, {"path": "bin/app", "mode": "0755"},
        {"path": "bin/data", "mode": "0644"}, {"path": "icon.svg", "mode": "0644"}, {"path": "index.html", "mode": "0644"}]

VECTORS, WRITTEN = [], {}


def vector(name, rule, why, text, schema=None):
    """`schema`: whether manifest.schema.json accepts or refuses it; None: no mistakes, or it is no JSON to judge."""
    data = text if isinstance(text, bytes) else text.encode()
    mark = "◆".encode()
    parts = data.split(mark)
    places, before = [], b""
    for part in parts[:-1]:
        before += part
        line = before.split(b"\n")[-1]
        # A byte that is not UTF-8 stands behind the mark, never before it in the same line.
        places.append({"line": before.count(b"\n") + 1, "column": len(line.decode()) + 1})
    data = b"".join(parts)
    assert WRITTEN.setdefault(name + ".json", data) == data
    VECTORS.append({"file": name + ".json", "rule": rule, "why": why, "diagnostics": places,
                    "schema": schema or ("accepts" if not places else "unreadable")})


def edit(*changes, base=BASE):
    for old, new in zip(changes[::2], changes[1::2]):
        assert base.count(old) == 1, (old, base.count(old))
        base = base.replace(old, new)
    return base


def good():
    vector("good-full", "M-2", "Every key that the document names.", BASE)
    vector("good-short", "M-2", "Only the required keys.", SHORT)
    vector("good-one-line", "M-1", "All on one line, without a last line feed.", "".join(line.strip() for line in SHORT.splitlines()))
    vector("good-crlf", "M-1", "Lines that end with CR and LF.", SHORT.replace("\n", "\r\n"))
    vector("good-x-keys", "M-2", "Keys that begin with x- are ignored at every place, whatever their value.", edit(
        '"use_sdk": 1,', '"use_sdk": 1, "x-note": [null, 1.5e3, {"anything": false}],', '"main": true,', '"main": true, "x-": 0,',
        '"files": [', '"x-top": "y", "files": [', '{ "orientation": "portrait" }', '{ "x-a": {}, "orientation": "any" }'))
    vector("good-x-lookalikes", "M-2", "Ignored keys that look alike and are two, and one whose name begins with an accent.", edit(
        '"use_sdk": 1,', '"use_sdk": 1, "x-\u00e9": 1, "x-e\u0301": 1, "x-\u0301a": 1,'))
    vector("good-numbers", "M-1", "Every shape of a number that JSON knows.", edit(
        '"use_sdk": 1,', '"use_sdk": 1, "x-a": [0, -0, 1.5, -0.5e-10, 1E+5, 0e0, 123456789012345678901234567890, 1e999],'))
    vector("good-escapes", "M-1", "Escapes in keys and strings.", edit('"type"', '"t\\u0079pe"', '"Notes",\n', '"N\\u006ftes \\ud83d\\ude00 \\"\\\\\\/",\n'))
    vector("good-native-service", "M-6", "A native page and a service with executable programs.", edit(
        '"web", "content_path": "index.html"', '"native", "content_path": "bin/app"',
        '"title": "Notes" }\n', '"title": "Notes" },\n    { "uri": "page://notes.example.com/sync", "type": "service", "content_path": "bin/app", "title": "Sync" }\n',
        '"files": ["index.html"]', '"files": ["bin/app"]', base=SHORT))
    vector("good-services-only", "M-2", "Only services, none of them main.", edit(
        '"web", "content_path": "index.html", "main": true', '"service", "content_path": "bin/app"', '"files": ["index.html"]', '"files": ["bin/*"]', base=SHORT))
    vector("good-domain-longest", "C-1", "Eight labels, one of 63 bytes, digits in all but the last.", SHORT.replace(
        "notes.example.com", "0." + "a" * 63 + ".1.x--y.4.5.6.c0m"))
    vector("good-limits", "C-3", "The largest version code, a version and a title of full length, 16 levels.", edit(
        '"version_code": 1', '"version_code": 2147483647', '"1.0.0"', '"' + "9aZ._+~-" * 8 + '"', '"title": "Notes"', '"title": "' + "字" * 200 + '"',
        '"use_sdk": 1,', '"use_sdk": 1, "x-deep": ' + "[" * 14 + "]" * 14 + ","))
    vector("good-patterns", "M-6", "Patterns with one and two stars, also where one matches what another matched.", edit(
        '["index.html", "icon.svg", "app/**"]', '["*.html", "ic*", "app/**/util.*", "**/main.js", "bin/*"]'))
    vector("good-page-name-longest", "C-2", "A page's name of 64 bytes.", edit("/home", "/" + "aZ0_-xyz" * 8))
    vector("good-languages", "M-4", "A text in three languages.", edit('{ "en": "Notes", "zh": "笔记" }', '{ "zh-TW": "筆記", "zh": "笔记", "en": "Notes" }'))


def bad(name, rule, why, *changes, schema="refuses", base=BASE):
    vector("bad-" + name, rule, why, edit(*changes, base=base), schema)


def syntax():
    def broken(name, why, text, rule="M-1"):
        vector("bad-json-" + name, rule, why, text, "unreadable")
    broken("empty", "No text at all.", "◆")
    broken("bom", "A byte order mark.", "◆\ufeff" + SHORT)
    broken("trailing-comma", "A comma before the last brace.", edit('["index.html"]\n}', '["index.html"],\n◆}', base=SHORT))
    broken("comment", "A comment.", edit('"files"', '◆// which files\n  "files"', base=SHORT))
    broken("single-quotes", "Strings in single quotes.", edit('"Notes", "version"', "◆'Notes', \"version\"", base=SHORT))
    broken("no-colon", "A key without a colon.", edit('"files": [', '"files" ◆[', base=SHORT))
    broken("no-comma", "Two keys without a comma.", edit('  ],\n  "files"', '  ]\n  ◆"files"', base=SHORT))
    broken("cut", "The last brace is missing.", SHORT.rstrip()[:-1].rstrip() + "◆")
    broken("behind", "Text behind the last brace.", SHORT + "◆}")
    broken("leading-zero", "A number with a leading zero.", edit('"version_code": 1', '"version_code": ◆01', base=SHORT))
    broken("plus", "A number with a plus.", edit('"version_code": 1', '"version_code": ◆+1', base=SHORT))
    broken("nan", "NaN.", edit('"version_code": 1', '"version_code": ◆NaN', base=SHORT))
    for name, number in (("point", "1."), ("minus", "-"), ("exponent", "1e"), ("exponent-signs", "1e+-1"), ("minus-point", "-.5"), ("leading-zero", "-01")):
        broken(f"ignored-{name}", f"{number} where a number is ignored.", edit('"version_code": 1', f'"version_code": 1, "x-a": ◆{number}', base=SHORT))
    broken("bare-key", "A key without quotes.", edit('"files":', '◆files:', base=SHORT))
    broken("control", "A TAB inside a string, behind characters of several bytes.", edit('"Notes", "version"', '"笔记😀◆\t", "version"', base=SHORT))
    broken("escape", "An escape that JSON has not.", edit('"Notes", "version"', '"N◆\\x41", "version"', base=SHORT))
    broken("utf8", "A byte that is not UTF-8, behind characters that are.", edit('"Notes", "version"', '"é◆\udcff", "version"', base=SHORT).encode("utf-8", "surrogateescape"))
    broken("utf16", "UTF-16 with a byte order mark.", "◆".encode() + SHORT.encode("utf-16-le").join([b"\xff\xfe", b""]))
    bad("duplicate-key", "M-1", "A key twice.", '"use_sdk": 1,', '"use_sdk": 1, ◆"use_sdk": 1,', schema="unreadable")
    bad("duplicate-key-escaped", "M-1", "A key twice, once escaped.", '"use_sdk": 1,', '"use_sdk": 1, ◆"use\\u005fsdk": 1,', schema="unreadable")
    bad("duplicate-key-deep", "M-1", "A key twice in a text, and once more a level above.", '"zh": "笔记" },', '"zh": "笔记", ◆"en": "N" }, ◆"title": "N",', schema="unreadable")
    bad("duplicate-key-ignored", "M-1", "A key twice inside an ignored one.", '"use_sdk": 1,', '"use_sdk": 1, "x-a": { "b": 1, ◆"b": 2 },', schema="unreadable")
    bad("surrogate", "M-1", "Half of a surrogate pair.", '"title": "Notes"', '"title": "N◆\\ud83d"', schema="unreadable")
    bad("nesting", "C-6", "Seventeen levels.", '"use_sdk": 1,', '"use_sdk": 1, "x-deep": ' + "[" * 14 + "◆[" + "]" * 15 + ",", schema="unreadable")
    vector("bad-not-object", "M-1", "An array in the place of the manifest.", "◆[]\n", "refuses")


def unknown():
    for name, old, new in (("top", '"files"', '◆"colour": 1, "files"'), ("domain", '"use_sdk": 1,', '"use_sdk": 1, ◆"Use_sdk": 1,'),
                           ("permission", '"permission": {', '"permission": { ◆"require": [],'),
                           ("permission-entry", '"reason": {', '◆"max": 1, "reason": {'), ("network", '{ "hosts"', '{ ◆"ports": [80], "hosts"'),
                           ("page", '"main": true,', '"main": true, ◆"launch": "single",'), ("display", '{ "orientation"', '{ ◆"full": true, "orientation"'),
                           ("x", '"files"', '◆"x_mine": 1, "files"')):
        bad("unknown-" + name, "M-2", f"An unknown key ({name}).", old, new)
    bad("unknown-columns", "M-3", "An unknown key behind a flag, a combining mark and a character beyond the basic plane.",
        '"title": "Notes"', '"title": "🇨🇳e\u0301😀", ◆"colour": 1')
    bad("unknown-tabs", "M-3", "An unknown key behind TABs, each of which is a column.", '      "main": true,', '\t\t"main": true,\t◆"colour": 1,')
    vector("bad-unknown-crlf", "M-3", "An unknown key in lines that end with CR and LF.", edit('"files"', '◆"colour": 1,\n "files"', base=SHORT).replace("\n", "\r\n"), "refuses")


def missing():
    for key, line in (("name", '    "name": "notes.example.com",\n'), ("title", '    "title": { "en": "Notes", "zh": "笔记" },\n'),
                      ("version", '    "version": "1.0.0",\n'), ("version_code", '    "version_code": 1,\n'), ("use_sdk", '    "use_sdk": 1,\n')):
        bad(f"missing-domain-{key}", "M-2", f"`domain.{key}` is missing.", '"domain": {', '"domain": ◆{', line, "")
    for key, line in (("uri", '      "uri": "page://notes.example.com/home",\n'), ("type", '      "type": "web",\n'),
                      ("content_path", '      "content_path": "index.html",\n'), ("title", '      "title": "Notes",\n')):
        bad(f"missing-page-{key}", "M-2", f"`pages[].{key}` is missing.", "    {\n      ", "    ◆{\n      ", line, "")
    bad("missing-name", "M-2", "`name` of a permission is missing.", '{ "name": "NETWORK.permission.yunos.com", ', '◆{ ', '    "network": { "hosts": ["img.example.com", "*.cdn.example.com"] }\n', '    "x-a": 0\n')
    bad("missing-reason", "M-2", "`reason` of a permission is missing.", '{ "name": "NETWORK.permission.yunos.com", "reason": { "en": "To fetch pictures", "zh": "用于下载图片" } }',
        '◆{ "name": "NETWORK.permission.yunos.com" }')
    vector("bad-missing-domain", "M-2", "`domain` is missing.", "◆" + edit('  "domain": { "name": "notes.example.com", "title": "Notes", "version": "1", "version_code": 1, "use_sdk": 1 },\n', "", base=SHORT), "refuses")
    vector("bad-missing-files", "M-2", "`files` is missing.", "◆" + edit('  ],\n  "files": ["index.html"]\n', "  ]\n", base=SHORT), "refuses")
    vector("bad-missing-pages", "M-2", "`pages` is missing.", '◆{ "domain": { "name": "a.example", "title": "A", "version": "1", "version_code": 1, "use_sdk": 1 }, "files": ["index.html"] }', "refuses")


def values():
    for name, value in (("one-label", "notes"), ("upper", "Notes.example.com"), ("edge", "-notes.example.com"), ("edge-behind", "notes-.example.com"),
                        ("empty-label", "notes..com"), ("dot-last", "notes.example."), ("digits-last", "notes.example.123"),
                        ("nine-labels", "a.b.c.d.e.f.g.h.i"), ("long-label", "a" * 64 + ".example"), ("long", ".".join(["a" * 62] * 4) + ".ab"),
                        ("other-letters", "nötes.example.com"), ("underscore", "my_notes.example.com"), ("empty", "")):
        text = SHORT.replace("notes.example.com", value).replace(f'"name": "{value}"', f'"name": ◆"{value}"')
        if name != "empty":  # the page's URI is of that same domain: its mistake hides behind this one, or it is itself one
            text = text.replace(f"page://{value}/home", "page://notes.example.com/home")
        else:
            text = text.replace("page:///home", "page://notes.example.com/home")
        vector(f"bad-domain-{name}", "C-1", f"The domain {value[:40]!r}.", text, "refuses")
    for name, value in (("zero", "0"), ("negative", "-1"), ("large", "2147483648"), ("huge", "99999999999999999999"), ("fraction", "1.5"), ("string", '"1"'), ("null", "null"), ("true", "true")):
        bad(f"code-{name}", "C-3", f"The version code {value}.", '"version_code": 1', f'"version_code": ◆{value}')
    for name, value in (("fraction-zero", "1.0"), ("exponent", "1e0")):
        bad(f"code-{name}", "C-3", f"The version code {value}.", '"version_code": 1', f'"version_code": ◆{value}', schema="accepts")
    for name, value in (("empty", '""'), ("blank", '"1 0"'), ("long", '"' + "1" * 65 + '"'), ("slash", '"1/2"'), ("number", "1.0"), ("letters", '"１"')):
        bad(f"version-{name}", "C-3", f"The version {value[:20]}.", '"version": "1.0.0"', f'"version": ◆{value}')
    for name, value in (("zero", "0"), ("string", '"1"')):
        bad(f"use-sdk-{name}", "M-2", f"`use_sdk` is {value}.", '"use_sdk": 1', f'"use_sdk": ◆{value}')
    bad("use-sdk-2", "M-2", "`use_sdk` is a level that does not exist yet.", '"use_sdk": 1', '"use_sdk": ◆2', schema="accepts")
    for name, value in (("empty", '◆""'), ("blank", '◆"  "'), ("long-scalars", '◆"' + "x" * 199 + 'e\u0301"'), ("x-key", '{ "en": "N", ◆"x-a": "N" }'),
                        ("tag-script", '{ "en": "N", ◆"zh-Hant": "N" }'), ("tag-upper", '{ "en": "N", ◆"ZH": "N" }'), ("long", '◆"' + "x" * 201 + '"'), ("control", '◆"a\\nb"'), ("bidi", '◆"a\\u202eb"'), ("number", "◆7"),
                        ("no-en", '◆{ "zh": "笔记" }'), ("empty-object", "◆{}"), ("tag", '{ "en": "N", ◆"e": "N" }'), ("tag-underscore", '{ "en": "N", ◆"zh_TW": "N" }'),
                        ("value", '{ "en": "N", "zh": ◆7 }'), ("value-empty", '{ "en": ◆"" }'), ("array", '◆["N"]'), ("null", "◆null")):
        bad(f"text-{name}", "M-4", f"The text {value.replace('◆', '')[:30]}.", '"title": "Notes"', f'"title": {value}')
    bad("text-in-domain", "M-4", "`domain.title` is an empty text.", '{ "en": "Notes", "zh": "笔记" }', '◆""')
    bad("text-in-reason", "M-4", "A reason without English.", '{ "en": "To fetch pictures", "zh": "用于下载图片" }', '◆{ "zh": "用于下载图片" }')
    for name, value in (("domain", '"domain": ◆[],'),):
        vector(f"bad-type-{name}", "M-2", "`domain` is an array.", edit('"domain": { "name": "notes.example.com", "title": "Notes", "version": "1", "version_code": 1, "use_sdk": 1 },', value, base=SHORT), "refuses")
    bad("type-permission", "M-2", "`permission` is an array.", '"permission": {\n      "use_permission": [\n        { "name": "NETWORK.permission.yunos.com", "reason": { "en": "To fetch pictures", "zh": "用于下载图片" } }\n      ]\n    },\n    "network": { "hosts": ["img.example.com", "*.cdn.example.com"] }', '"permission": ◆[]')
    bad("permission-name", "M-2", "A permission without its ending.", '"NETWORK.permission.yunos.com"', '◆"NETWORK"', '    "network": { "hosts": ["img.example.com", "*.cdn.example.com"] }\n', '    "x-a": 0\n')
    bad("permission-unknown", "M-2", "A permission that does not exist.", '"NETWORK.permission.yunos.com"', '◆"TELEPORT.permission.yunos.com"', '    "network": { "hosts": ["img.example.com", "*.cdn.example.com"] }\n', '    "x-a": 0\n', schema="accepts")
    bad("permission-kelvin", "M-2", "A permission with a sign that only looks like a K.", '"NETWORK.permission.yunos.com"', '◆"NETWOR\u212a.permission.yunos.com"', '    "network": { "hosts": ["img.example.com", "*.cdn.example.com"] }\n', '    "x-a": 0\n')
    bad("permission-twice", "M-2", "A permission twice.", '"reason": { "en": "To fetch pictures", "zh": "用于下载图片" } }',
        '"reason": "a" },\n        { "name": ◆"NETWORK.permission.yunos.com", "reason": "b" }', schema="accepts")
    for name, value in (("one-label", "localhost"), ("address", "10.0.0.1"), ("upper", "IMG.example.com"), ("star-top", "*.com"), ("dot-last", "img.example.com."), ("url", "https://img.example.com"), ("port", "img.example.com:80"), ("star", "*"), ("star-inside", "img.*.com"), ("star-label", "a*.example.com"), ("blank", "img example.com"), ("empty", ""), ("path", "img.example.com/a")):
        bad(f"host-{name}", "M-2", f"The host {value!r}.", '"img.example.com"', f'◆"{value}"')
    bad("hosts-string", "M-2", "`hosts` is a string.", '["img.example.com", "*.cdn.example.com"]', '◆"img.example.com"')
    bad("hosts-many", "C-6", "257 hosts.", '["img.example.com", "*.cdn.example.com"]', "◆[" + ", ".join(f'"h{n}.example.com"' for n in range(257)) + "]")
    bad("hosts-no-network", "M-5", "Hosts, but NETWORK is not asked for.", '"NETWORK.permission.yunos.com"', '"CAMERA.permission.yunos.com"', '"hosts": [', '"hosts": ◆[')
    bad("hosts-no-permission", "M-5", "Hosts, and no permission at all.", '    "permission": {\n      "use_permission": [\n        { "name": "NETWORK.permission.yunos.com", "reason": { "en": "To fetch pictures", "zh": "用于下载图片" } }\n      ]\n    },\n', "", '"hosts": [', '"hosts": ◆[')


def pages():
    page = '    { "uri": "page://notes.example.com/home", "type": "web", "content_path": "index.html", "main": true, "title": "Notes" }\n'
    bad("pages-empty", "M-2", "No page.", page, "", '"pages": [\n  ]', '"pages": ◆[]', base=SHORT)
    many = ",".join('\n    {"uri":"page://notes.example.com/p%d","type":"service","content_path":"bin/app","title":"P"}' % n for n in range(257))
    bad("pages-many", "C-6", "257 pages.", "[\n" + page, "◆[" + many + "\n", '["index.html"]', '["bin/app"]', base=SHORT)
    bad("pages-object", "M-2", "`pages` is an object.", "[\n" + page + "  ]", "◆{}", base=SHORT)
    bad("page-string", "M-2", "A page is a string.", page.strip(), '◆"index.html"', base=SHORT)
    for name, value, schema in (("scheme", "http://notes.example.com/home", "refuses"), ("no-name", "page://notes.example.com", "refuses"),
                                ("empty-name", "page://notes.example.com/", "refuses"), ("deep", "page://notes.example.com/a/b", "refuses"),
                                ("query", "page://notes.example.com/home?a=1", "refuses"), ("letters", "page://notes.example.com/主页", "refuses"),
                                ("long", "page://notes.example.com/" + "a" * 65, "refuses"), ("other", "page://other.example.com/home", "accepts")):
        bad(f"uri-{name}", "C-2", f"The page URI {value[:60]}.", '"page://notes.example.com/home"', f'◆"{value}"', schema=schema)
    second = '"title": "Notes" },\n    { "uri": "page://notes.example.com/two", "type": "web", "content_path": "index.html", "title": "Two" }\n'
    bad("uri-twice", "M-2", "Two pages with one URI.", '"title": "Notes" }\n', second.replace('"page://notes.example.com/two"', '◆"page://notes.example.com/home"'), schema="accepts", base=SHORT)
    bad("main-none", "M-2", "No page is main.", '"pages": [', '"pages": ◆[', '"main": true, ', "", base=SHORT)
    bad("main-two", "M-2", "Two pages are main.", '"title": "Notes" }\n', second.replace('"title": "Two"', '"main": ◆true, "title": "Two"'), base=SHORT)
    bad("main-string", "M-2", "`main` is a string.", '"main": true', '"main": ◆"true"')
    for name, value in (("unknown", '"html"'), ("upper", '"Web"'), ("null", "null")):
        bad(f"type-{name}", "M-2", f"The type {value}.", '"type": "web"', f'"type": ◆{value}')
    for name, value, schema in (("absent", "main.html", "accepts"), ("not-packed", "bin/data", "accepts"), ("directory", "app", "accepts"), ("empty", "", "refuses"),
                                ("leaving", "../index.html", "refuses"), ("absolute", "/index.html", "refuses"), ("dot", "./index.html", "refuses")):
        bad(f"content-{name}", "M-6", f"`content_path` is {value!r}.", '"content_path": "index.html"', f'"content_path": ◆"{value}"', schema=schema)
    bad("content-number", "M-6", "`content_path` is a number.", '"content_path": "index.html"', '"content_path": ◆1')
    bad("program-mode", "M-6", "The program is not executable.", '"type": "web"', '"type": "native"', '"content_path": "index.html"', '"content_path": ◆"bin/data"', '"app/**"]', '"bin/*"]', schema="accepts")
    bad("icon-absent", "M-6", "The icon is not in the directory.", '"icon": "icon.svg"', '"icon": ◆"icon.png"', schema="accepts")
    bad("icon-not-packed", "M-6", "The icon is not packed.", '"icon.svg", "app/**"]', '"app/**"]', '"icon": "icon.svg"', '"icon": ◆"icon.svg"', schema="accepts")
    for name, value in (("unknown", '"upside-down"'), ("number", "90")):
        bad(f"orientation-{name}", "M-2", f"The orientation {value}.", '"orientation": "portrait"', f'"orientation": ◆{value}')
    bad("display-string", "M-2", "`display` is a string.", '{ "orientation": "portrait" }', '◆"portrait"')
    for name, value in (("blank", '[◆"a link"]'), ("empty", '[◆""]'), ("dash", '["link", ◆"page-link"]'), ("number", "[◆1]"), ("string", '◆"link"'), ("long", '[◆"' + "a" * 33 + '"]')):
        bad(f"events-{name}", "M-2", f"The events {value.replace('◆', '')[:30]}.", '["link"]', value)


def reach():
    network, cdn = '"network": { "hosts": ["img.example.com", "*.cdn.example.com"] }', '"*.cdn.example.com"] }'
    development = lambda hosts: (cdn, f'"*.cdn.example.com"], "development": {hosts} }}')
    vector("good-development", "M-8", "Every shape of a host of a developer's network.", edit(*development(
        '{ "hosts": ["localhost", "localhost:8080", "*.test", "*.dev.example.com:1", "a.b.c.d.e.f.g.h", "127.0.0.1", "10.0.0.255:65535", "0.0.0.0"], "x-a": 1 }')))
    vector("good-development-alone", "M-8", "Only hosts of a developer's network, and none of the world's.", edit(
        network, '"network": { "development": { "hosts": ["localhost"] } }'))
    for name, host in (("empty", ""), ("port-empty", "localhost:"), ("port-zero", "localhost:0"), ("port-large", "localhost:65536"), ("port-leading-zero", "localhost:080"),
                       ("port-huge", "localhost:99999999999999999999"), ("port-twice", "localhost:1:2"), ("port-sign", "localhost:+80"), ("scheme", "http://localhost"), ("star", "*"),
                       ("star-address", "*.0.0.1"), ("address-octal", "127.0.0.01"), ("address-large", "127.0.0.256"), ("address-short", "127.1"), ("address-hex", "0x7f.0.0.1"),
                       ("address-number", "2130706433"), ("six", "[::1]:80"), ("upper", "Localhost"), ("dot-last", "localhost."), ("user", "me@localhost"), ("nine", "a.b.c.d.e.f.g.h.i"),
                       ("long-label", "a" * 64), ("other-letters", "ｌocalhost")):
        bad(f"development-{name}", "M-8", f"The host {host[:30]!r} of a developer's network.", *development(f'{{ "hosts": [◆"{host}"] }}'))
    bad("development-string", "M-2", "`development` is a string.", *development('◆"localhost"'))
    bad("development-no-hosts", "M-2", "`hosts` is missing in `development`.", *development("◆{}"))
    bad("development-unknown", "M-2", "An unknown key in `development`.", *development('{ "hosts": ["localhost"], ◆"ports": [80] }'))
    bad("development-many", "C-6", "257 hosts of a developer's network.", *development('{ "hosts": ◆[' + ", ".join(f'"h{n}"' for n in range(257)) + "] }"))
    bad("development-no-network", "M-5", "Hosts of a developer's network, but NETWORK is not asked for.", '"NETWORK.permission.yunos.com"', '"CAMERA.permission.yunos.com"',
        network, '"network": { "development": { "hosts": ◆["localhost"] } }')


def wishes():
    sdk = lambda text: ('"use_sdk": 1,', f'"use_sdk": 1, {text},')
    vector("good-wishes-least", "M-2", "The least that an app may say is enough.", edit(*sdk('"limits": { "memory_mib": 16, "processes": 1 }, "storage": { "quota_mib": 1 }')))
    vector("good-wishes-most", "M-2", "The most.", edit(*sdk('"limits": { "memory_mib": 65536, "processes": 4096 }, "storage": { "quota_mib": 65536 }')))
    vector("good-wishes-none", "M-2", "Objects without a wish.", edit(*sdk('"limits": {}, "storage": { "x-a": 1 }')))
    for part, key, least, most in (("limits", "memory_mib", 16, 65536), ("limits", "processes", 1, 4096), ("storage", "quota_mib", 1, 65536)):
        for name, value in (("less", least - 1), ("more", most + 1), ("negative", -1), ("string", f'"{least}"'), ("null", "null"), ("fraction", "20.5"), ("huge", 10**30)):
            bad(f"{key.replace('_', '-')}-{name}", "M-2", f"`{key}` is {value}.", *sdk(f'"{part}": {{ "{key}": ◆{value} }}'))
    bad("limits-number", "M-2", "`limits` is a number.", *sdk('"limits": ◆64'))
    bad("limits-unknown", "M-2", "An unknown key in `limits`.", *sdk('"limits": { ◆"memory": 64 }'))
    bad("storage-array", "M-2", "`storage` is an array.", *sdk('"storage": ◆[]'))
    bad("storage-unknown", "M-2", "An unknown key in `storage`.", *sdk('"storage": { ◆"memory_mib": 64 }'))


def running():
    page = lambda text: ('"events": ["link"]', f'"events": ["link"], {text}')
    location = ('"NETWORK.permission.yunos.com"', '"LOCATION.permission.yunos.com"', '    "network": { "hosts": ["img.example.com", "*.cdn.example.com"] }\n', '    "x-a": 0\n')
    vector("good-instances", "M-2", "A page of which several may run.", edit(*page('"instances": "multiple"')))
    vector("good-instances-single", "M-2", "A page of which one may run, said in words.", edit(*page('"instances": "single", "background": []')))
    vector("good-background", "M-2", "Three reasons to run while hidden.", edit(*page('"background": ["call", "playback", "transfer"]')))
    vector("good-background-location", "M-7", "To follow the location while hidden, with the permission.", edit(*page('"background": ["location"]'), *location))
    for name, value in (("unknown", '"many"'), ("upper", '"Single"'), ("number", "2"), ("array", '["single"]')):
        bad(f"instances-{name}", "M-2", f"The instances {value}.", *page(f'"instances": ◆{value}'))
    for name, value in (("unknown", '[◆"mining"]'), ("upper", '[◆"Playback"]'), ("number", "[◆1]"), ("string", '◆"playback"'), ("twice", '["call", "transfer", ◆"call"]')):
        bad(f"background-{name}", "M-2", f"The reasons {value.replace('◆', '')} to run while hidden.", *page(f'"background": {value}'))
    bad("background-many", "C-6", "Five reasons, of which there are four.", *page('"background": ◆["call", "transfer", "playback", "call", "call"]'))
    bad("background-location", "M-7", "To follow the location while hidden, without the permission.", *page('"background": ["transfer", ◆"location"]'))


def files():
    for name, value, schema in (("no-match", '["index.html", "icon.svg", "app/**", ◆"dist/**"]', "accepts"), ("no-match-name", '["index.html", "icon.svg", ◆"app/mian.js"]', "accepts"),
                                ("leaving", '["index.html", "icon.svg", ◆"../**"]', "refuses"), ("absolute", '["index.html", "icon.svg", ◆"/app/**"]', "refuses"),
                                ("empty", '["index.html", "icon.svg", ◆""]', "refuses"), ("number", '["index.html", "icon.svg", ◆1]', "refuses"),
                                ("star-depth", '["index.html", "icon.svg", ◆"*.js"]', "accepts"), ("question", '["index.html", "icon.svg", ◆"app/main.j?"]', "accepts")):
        bad(f"files-{name}", "M-6", f"The files {value.replace('◆', '')}.", '["index.html", "icon.svg", "app/**"]', value, schema=schema)
    bad("files-none", "M-2", "`files` is empty.", '["index.html", "icon.svg", "app/**"]', "◆[]")
    bad("files-string", "M-2", "`files` is a string.", '["index.html", "icon.svg", "app/**"]', '◆"**"')


def several():
    bad("several-values", "M-3", "Seven mistakes in seven places, all reported.", '"1.0.0"', '◆"1 0"', '"version_code": 1', '"version_code": ◆0', '"use_sdk": 1,', '"use_sdk": 1, ◆"colour": 7,',
        '"*.cdn.example.com"', '◆"*cdn.example.com"', '"type": "web"', '"type": ◆"html"', '"title": "Notes"', '"title": ◆""', '["link"]', '[◆"a-b", ◆"c d"]')
    bad("several-missing", "M-3", "Two missing keys in one object, and one in another: one report for each.", '"domain": {', '"domain": ◆◆{', '    "version": "1.0.0",\n    "version_code": 1,\n', "",
        "    {\n      ", "    ◆{\n      ", '      "title": "Notes",\n', "")
    bad("several-one-line", "M-3", "Three mistakes in one line, behind characters of several bytes.", '"title": { "en": "Notes", "zh": "笔记" },',
        '"title": { "en": "😀", "zh": ◆"", ◆"q": "x" }, ◆"颜色": 1,')
    bad("several-pages", "M-3", "Mistakes in two pages.", '"web", "content_path": "index.html", "main": true, "title": "Notes" }\n',
        '◆"html", "content_path": "index.html", "main": true, "title": "Notes" },\n    { "uri": ◆"page://notes.example.com/", "type": "web", "content_path": "index.html", "main": ◆true, "title": ◆7 }\n', base=SHORT)
    bad("several-files", "M-3", "A page's file and two patterns that match nothing.", '"icon": "icon.svg"', '"icon": ◆"icon.png"', '"icon.svg", "app/**"]', '◆"icon.png", "app/**", ◆"dist/**"]', schema="accepts")


def all_vectors():
    for part in (good, syntax, unknown, missing, values, pages, reach, wishes, running, files, several):
        part()
    return VECTORS, WRITTEN
