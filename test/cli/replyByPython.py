"""Judges replies with python3's own mail package: stdin holds parent, reply, parent, reply ..., sizes are in argv[1].

Prints one line for each thing that is not as it should be.
"""
import email
import email.policy
import email.utils
import json
import re
import sys

SELF = "ada@example.org"
UNREAD = re.compile(r"^(mailer-daemon@|bounces\+|no-?reply@|devnull\+.*@kernel\.org$)|-(bounces|owner)@")


def read_addresses(values):
    """Newer versions of python3 take a field for none when it holds what an attacker might write; its mailboxes count here."""
    try:
        return email.utils.getaddresses(values, strict=False)
    except TypeError:
        return email.utils.getaddresses(values)


def addresses(message, *names):
    """Lower-case addresses of these fields; `;` separates as a comma does, groups and comments are undone."""
    values = [str(value).replace(";", ",") for name in names for value in message.get_all(name, [])]
    # Some mailers fold inside an address; python3 then takes one half for the address, or none.
    values = [re.sub(r"(<[^<>\s]*)\r?\n[ \t]+(?=[^<>\s]*>)", r"\1", value) for value in values]
    found = (address.lower() for _, address in read_addresses(values))
    return {a for a in found if re.fullmatch(r"[^@\s]+@[^@\s]+", a) and a != SELF and not UNREAD.search(a)}


def judge(parent, reply):
    wire = email.message_from_bytes(reply)
    ids = re.findall(r"<([^<>\s]+)>", " ".join(parent.get_all("Message-ID", [])[:1]))
    if ids:
        if wire.get_all("In-Reply-To") != ["<%s>" % ids[0]]:
            yield "In-Reply-To %r" % wire.get_all("In-Reply-To")
        references = (wire["References"] or "").split()
        if not 1 <= len(references) <= 50 or references[-1] != "<%s>" % ids[0]:
            yield "References %r" % references
    odd = parent["Reply-To"] or parent["X-Original-From"] or " via " in str(parent["From"])
    if not odd and addresses(parent, "From"):
        wanted = addresses(parent, "From", "To", "Cc")
        got = addresses(wire, "To", "Cc")
        if wanted != got:
            yield "recipients: missing %r, unasked %r" % (wanted - got, got - wanted)
        if addresses(wire, "To") != addresses(parent, "From"):
            yield "To is %r" % wire["To"]
    if wire["Bcc"] or wire.is_multipart() or len(wire.get_all("From")) != 1 or len(wire.get_all("Subject")) != 1:
        yield "fields %r" % wire.keys()
    if not str(wire["Subject"]).startswith("Re: "):
        yield "Subject %r" % wire["Subject"]
    lines = reply.split(b"\r\n")
    if any(len(line) > 998 for line in lines) or b"\n" in b"".join(lines) or b"\r" in b"".join(lines):
        yield "line ends or a line above 998"
    if any(byte > 126 for byte in reply[: reply.index(b"\r\n\r\n")]):
        yield "header outside ASCII"
    encoding = wire["Content-Transfer-Encoding"]
    body = wire.get_payload(decode=True).decode("utf-8")
    if encoding == "quoted-printable":
        if not any(len(line.encode()) > 998 for line in body.split("\n")):
            yield "quoted-printable without need"
    elif encoding not in ("7bit", "8bit"):
        yield "encoding %r" % encoding
    own = [line for line in body.replace("\r\n", "\n").split("\n")[1:] if line and not line.startswith(">")]
    if own:
        yield "lines that are not cited: %r" % own[:3]


stdin = sys.stdin.buffer
sizes = json.loads(open(sys.argv[1]).read())
for parent_size, reply_size in sizes:
    parent = email.message_from_bytes(stdin.read(parent_size))
    for problem in judge(parent, stdin.read(reply_size)):
        print(parent["Message-ID"], problem)
