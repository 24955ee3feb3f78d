"""Python's own `re` as a child: JSON lines {pattern, flags, inputs} in, one line of matches each out.

A search that takes longer than a second is given up, and the answer is {slow}: some patterns would take for ever.

With the argument `stock` it lists the patterns of the stock filters of the installed Fail2ban instead,
as its own classes read them: {filter, kind, pattern, python}.
"""
import glob
import json
import logging
import os
import re
import signal
import sys

SECONDS = 1.0


class Slow(Exception):
    pass


def give_up(_signal, _frame):
    raise Slow()


# The matcher looks at signals now and then while it tries ways.
signal.signal(signal.SIGALRM, give_up)


def search(pattern, text):
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        return pattern.search(text)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def match(request):
    flags = 0
    for letter in request["flags"]:
        flags |= getattr(re, letter.upper())
    try:
        pattern = re.compile(request["pattern"], flags)
    except (re.error, OverflowError, RecursionError) as error:
        return {"error": str(error), "at": getattr(error, "pos", None)}
    try:
        found = [search(pattern, text) for text in request["inputs"]]
    except Slow:
        return {"slow": True}
    return {"matches": [None if m is None else [m.group(0), list(m.groups()), m.groupdict()] for m in found]}


def options_of(name, logs):
    """The option sets that the sample log of a filter names."""
    sets = [{}]
    path = os.path.join(logs, name)
    if os.path.isfile(path):
        for line in open(path, encoding="utf-8", errors="replace"):
            said = re.match(r"#+ ?(?:file|filter)Options:(.+)$", line)
            for one in json.loads("[" + said.group(1) + "]") if said else []:
                sets += one if isinstance(one, list) else [one]
    return [{k: v for k, v in one.items() if not k.startswith("test.")} for one in sets]


def stock():
    sys.path.append("/usr/lib/python3/dist-packages")
    logging.disable(logging.CRITICAL)
    try:
        import fail2ban
        from fail2ban.client.filterreader import FilterReader
        from fail2ban.server.failregex import Regex
    except ImportError:
        return
    logs = os.path.join(os.path.dirname(fail2ban.__file__), "tests", "files", "logs")
    seen = set()
    for path in sorted(glob.glob("/etc/fail2ban/filter.d/*.conf")):
        name = os.path.basename(path)[: -len(".conf")]
        if name.endswith("common"):
            continue
        for options in options_of(name, logs):
            reader = FilterReader(name, "jail", options, basedir="/etc/fail2ban")
            reader.read()
            reader.getOptions(None, {})
            for command in reader.convert():
                kind = command[2]
                if kind not in ("addfailregex", "addignoreregex", "prefregex"):
                    continue
                rest = command[3:]
                for pattern in rest[0] if isinstance(rest[0], list) else rest:
                    if pattern and (kind, pattern) not in seen:
                        seen.add((kind, pattern))
                        python = Regex(pattern).getRegex()
                        print(json.dumps({"filter": name, "kind": kind, "pattern": pattern, "python": python}))
    # What a tag stands for there: both sides are given the same, for f2b's own tags are stricter.
    for tag in ("HOST", "ADDR", "IP4", "IP6", "DNS", "SUBNET"):
        print(json.dumps({"tag": tag, "python": Regex("<%s>" % tag).getRegex()}))


if sys.argv[1:] == ["stock"]:
    stock()
else:
    for line in sys.stdin:
        print(json.dumps(match(json.loads(line))), flush=True)
