"""The installed Fail2ban as an oracle: JSON lines {folder, filter, options, lines} in, what it says of each line out.

An answer has for each line the first failure as [id, time], or null; {error} when Fail2ban does not take the filter. Each line is read by
a filter that has seen none before, unless `inOrder` is set: which date form Fail2ban tries first depends on the lines before.
"""
import json
import logging
import os
import sys
import time

os.environ["TZ"] = "Europe/Zurich"
time.tzset()
sys.path.append("/usr/lib/python3/dist-packages")
logging.disable(logging.CRITICAL)

from fail2ban.client.filterreader import FilterReader
from fail2ban.server.filter import Filter
from fail2ban.server.mytime import MyTime

NOW = 1124013600
MyTime.setTime(NOW)
SETTERS = {
    "addfailregex": lambda one, value: one.addFailRegex(value),
    "addignoreregex": lambda one, value: one.addIgnoreRegex(value),
    "prefregex": lambda one, value: setattr(one, "prefRegex", value),
    "maxlines": lambda one, value: one.setMaxLines(value),
    "datepattern": lambda one, value: one.setDatePattern(value),
}


def settings_of(request):
    reader = FilterReader(request["filter"], "jail", dict(request["options"]), basedir=request["folder"])
    if not reader.read():
        raise ValueError("not readable")
    reader.getOptions({})
    for command in reader.convert():
        for value in command[3] if command[0] == "multi-set" else [command[3]]:
            if command[2] in SETTERS:
                yield command[2], value


def make(settings):
    made = Filter(None)
    made.returnRawHost = True
    made.checkFindTime = False
    made.active = True
    for name, value in settings:
        SETTERS[name](made, value)
    return made


def verdict(one, line, is_journal):
    found = one.processLine(("", "2005-08-14T12:00:00", line), NOW) if is_journal else one.processLine(line)
    for _regex, who, at, more in found or []:
        if who is not None and not more.get("nofail"):
            return [str(who), at]
    return None


def answer(request):
    settings = list(settings_of(request))
    one = make(settings)
    verdicts = []
    for line in request["lines"]:
        if not request["inOrder"]:
            one = make(settings)
        verdicts.append(verdict(one, line, request["options"].get("logtype") == "journal"))
    return {"verdicts": verdicts}


for line in sys.stdin:
    try:
        print(json.dumps(answer(json.loads(line))), flush=True)
    except Exception as error:
        print(json.dumps({"error": "%s: %s" % (type(error).__name__, error)}), flush=True)
