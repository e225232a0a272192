#!/usr/bin/env python3
"""html-check - is a page what man/ratchet-page.1 promises, whoever wrote into it?

html-check.py PAGE prints nothing, or a line for each promise that is broken,
and exits 1. html-check.py -t PAGE prints the page's text, -j its data.
"""
import base64
import hashlib
import html.parser
import json
import re
import sys

VOID = {"meta", "br", "wbr", "input", "link"}
ALLOWED = set("""a b body br button circle code dd del details div dl dt figure
    footer form g h1 h2 h3 h4 h5 h6 head header html input ins li main meta nav ol
    p path pre rect script section small span strong style summary svg table
    tbody td text th thead title tr ul wbr""".split())
LINK = re.compile(r"#[a-z0-9_-]+|exp_\d+/result\.md|\.\./index\.html|"
                  r"[a-z0-9_]+/index\.html")


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.broken, self.ids, self.links = [], [], set(), set()
        self.heads, self.parts, self.text, self.policy = [], {}, [], ""

    def say(self, reason):
        self.broken.append(f"{self.getpos()[0]}: {reason}")

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag not in ALLOWED:
            self.say(f"an element {tag}")
        if tag == "br":
            self.text.append("\n")
        if tag not in VOID:
            self.open.append((tag, a))
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "src", "srcdoc"):
                self.say(f"an attribute {name}")
            if name == "href":
                self.link(value)
        if "id" in a:
            if a["id"] in self.ids:
                self.say(f"a second id {a['id']}")
            self.ids.add(a["id"])
        if tag == "th" and a.get("scope") not in ("col", "row"):
            self.say("th without scope")
        if re.fullmatch("h[1-6]", tag):
            self.heads.append(int(tag[1]))
            if len(self.heads) > 1 and self.heads[-1] > self.heads[-2] + 1:
                self.say(f"h{self.heads[-2]}, then {tag}")
        if a.get("http-equiv") == "Content-Security-Policy":
            self.policy = a["content"]

    def link(self, value):
        if not LINK.fullmatch(value):
            self.say(f"a link to {value}")
        if value.startswith("#"):
            self.links.add(value[1:])

    def handle_endtag(self, tag):
        if not self.open or self.open[-1][0] != tag:
            self.say(f"</{tag}> ends {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data):
        tag, a = self.open[-1] if self.open else ("", {})
        if tag in ("script", "style"):
            name = a.get("type", tag)
            self.parts[name] = self.parts.get(name, "") + data
        else:
            self.text.append(data)

    def check(self):
        if self.open:
            self.broken.append(f"not ended: {self.open}")
        if self.heads.count(1) != 1 or self.heads[0] != 1:
            self.broken.append("want one h1, first")
        for name in self.links - self.ids:
            self.broken.append(f"no #{name}")
        want = "default-src 'none'; style-src %s; script-src %s; " \
            "base-uri 'none'; form-action 'none'" % (
                source(self.parts["style"]), source(self.parts["script"]))
        if self.policy != want:
            self.broken.append(f"policy {self.policy}, want {want}")


def source(text):
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def main():
    with open(sys.argv[-1], encoding="utf-8", newline="") as file:
        text = file.read()
    page = Page()
    page.feed(text)
    page.close()
    if sys.argv[1] == "-t":
        print("".join(page.text))
    elif sys.argv[1] == "-j":
        print(json.dumps(json.loads(page.parts["application/json"])))
    else:
        page.check()
        if "http:" in text or "https:" in text:
            page.broken.append("an address")
        print("\n".join(page.broken[:20]), end="\n" if page.broken else "")
        sys.exit(bool(page.broken))


main()
