"""What Python's email package makes of mails: the other opinion for parity.test.ts.

Reads mails from standard input, each as a 4-byte big-endian length and its bytes; writes one JSON object a line:
  id       text between <> of the first Message-ID, or null
  subject  decoded, blanks collapsed
  from     [name, address] of the first From
  date     milliseconds since 1970 UTC, or null
  text     SHA-256 of the inline text/plain parts, joined by an empty line and brought to the form of `canonical`
           below, or null where the mail has none; with the argument "--text", the text itself
Charset: the declared one where it is known and says more than ASCII, else strict UTF-8, else windows-1252 (the
project's rule D230; Python itself would give replacement characters).
"""

import codecs
import email
import email.header
import email.policy
import email.utils
import hashlib
import json
import re
import sys

ASCII = {"", "us-ascii", "ascii", "us", "646", "ansi_x3.4-1968", "default", "utf-7", "unicode-1-1-utf-7"}
WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "ks_c_5601-1987": "cp949", "euc-kr": "cp949",
         "iso-8859-1": "cp1252", "latin1": "cp1252", "iso-8859-9": "cp1254", "big5": "big5hkscs", "shift_jis": "cp932"}


def guess(raw):
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def decode(raw, label):
    label = (label or "").strip().strip("\"'").lower()
    if label in ASCII:
        return guess(raw)
    try:
        codec = WIDER.get(label, label)
        if codecs.lookup(codec).name in ("ascii", "utf-7"):
            return guess(raw)
        return raw.decode(codec, "replace")
    except (LookupError, ValueError):
        return guess(raw)


def repaired(value):
    """A header with surrogate escapes for raw 8-bit bytes, put right."""
    return guess(value.encode("utf-8", "surrogateescape"))


def first(mail, wanted):
    """The first field of a name as it came; `mail[name]` would put replacement characters for raw bytes."""
    return next((value for name, value in mail.raw_items() if name.lower() == wanted), "")


def unfolded(value):
    return re.sub(r"\r?\n(?=[ \t])", "", value)


def words(value):
    value = unfolded(repaired(value))
    try:
        pieces = email.header.decode_header(value)
    except Exception:
        return value
    return "".join(decode(p, c) if isinstance(p, bytes) and c else guess(p) if isinstance(p, bytes) else p
                   for p, c in pieces)


def collapsed(text):
    text = re.sub(r"[\t\n\r]", " ", text)
    return re.sub(r" {2,}", " ", re.sub(r"[\x00-\x1f\x7f-\x9f]", "", text)).strip()


def canonical(text, flowed):
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2400-\u2426\ufeff\ufffd]", "", text)
    strip = "> \t" if flowed else ""
    lines = [line.rstrip(" \t").lstrip(strip) if flowed else line.rstrip(" \t") for line in text.split("\n")]
    return re.sub("\n{2,}", "\n\n", "\n".join(lines)).strip("\n")


def leaves(part):
    if part.get_content_maintype() == "message" or not part.is_multipart():
        return [part]
    return [leaf for child in part.get_payload() for leaf in leaves(child)]


def text_of(mail):
    texts = []
    flowed = False
    single = not mail.is_multipart()
    for part in leaves(mail):
        if part.get_content_type() != "text/plain":
            continue
        if part.get_content_disposition() == "attachment" and not single:
            continue
        raw = part.get_payload(decode=True) or b""
        flowed = flowed or str(part.get_param("format", "")).lower() == "flowed"
        texts.append(decode(raw, part.get_content_charset()))
    texts = [text.strip("\n\r") for text in texts]
    return (canonical("\n\n".join(texts), flowed), flowed) if texts else (None, False)


def mailbox(value):
    """The first mailbox, read as every Python did before some refused odd ones (strict, a fix of 2024)."""
    try:
        return email.utils.parseaddr(value, strict=False)
    except TypeError:
        return email.utils.parseaddr(value)


def read(raw):
    mail = email.message_from_bytes(raw, policy=email.policy.compat32)
    ids = unfolded(repaired(first(mail, "message-id")))
    found = re.search(r"<([^<>\s]+)>", ids)
    name, address = mailbox(unfolded(repaired(first(mail, "from"))))
    date = email.utils.parsedate_tz(repaired(first(mail, "date")))
    try:
        ms = email.utils.mktime_tz(date) * 1000 if date else None
    except (ValueError, OverflowError):
        ms = None
    text, flowed = text_of(mail)
    return {"id": found.group(1) if found else None, "subject": collapsed(words(first(mail, "subject"))),
            "from": [collapsed(words(name)), address], "date": ms, "flowed": flowed,
            "text": text if text is None or "--text" in sys.argv else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()}


stream = sys.stdin.buffer
while True:
    size = stream.read(4)
    if len(size) < 4:
        break
    raw = stream.read(int.from_bytes(size, "big"))
    try:
        result = read(raw)
    except Exception as error:  # Python's parser gives up on some mails; that is its opinion
        result = {"failed": type(error).__name__}
    print(json.dumps(result))
