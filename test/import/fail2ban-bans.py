"""Whom the installed Fail2ban bans in a log, a JSON line each: FOLDER JAIL LOG NOW. Its own filter, failure manager, ignore list and observer, in the log's own
time; no daemon, no firewall. Who is banned is not counted until the ban is over, as its ban manager has it."""
import json
import logging
import os
import sys
import time

os.environ["TZ"] = "UTC"
time.tzset()
logging.disable(logging.CRITICAL)

from fail2ban.client.jailsreader import JailsReader
from fail2ban.server.failmanager import FailManagerEmpty
from fail2ban.server.filter import Filter
from fail2ban.server.jail import Jail
from fail2ban.server.mytime import MyTime
from fail2ban.server.observer import ObserverThread
from fail2ban.server.ticket import FailTicket

folder, name, log, now = sys.argv[1:5]
MyTime.setTime(float(now))
reader = JailsReader(basedir=folder, share_config={})
reader.read()
reader.getOptions()
stream = [line for line in reader.convert(allow_no_files=True) if len(line) > 3 and line[1] == name]
jail = Jail(name, backend="polling")
one = Filter(jail, useDns="no")
one.checkFindTime = False
one.active = True
one.ignoreSelf = False
said = {}
SETTERS = {
    "addfailregex": one.addFailRegex,
    "addignoreregex": one.addIgnoreRegex,
    "prefregex": lambda value: setattr(one, "prefRegex", value),
    "maxlines": one.setMaxLines,
    "datepattern": one.setDatePattern,
    "maxretry": one.setMaxRetry,
    "findtime": one.setFindTime,
    "addignoreip": one.addIgnoreIP,
}
for line in stream:
    for value in line[3] if line[0] == "multi-set" and line[2] in SETTERS else line[3:]:
        if line[2] in SETTERS:
            SETTERS[line[2]](value)
    said[line[2]] = line[3]
first = MyTime.str2seconds(said["bantime"])
grows = said.get("bantime.increment", False)
if grows:
    for option in ("factor", "formula", "multipliers", "maxtime"):
        if "bantime." + option in said:
            jail.setBanTimeExtra(option, said["bantime." + option])
    jail.setBanTimeExtra("increment", "true")
observer = ObserverThread()
ends, counts = {}, {}
with open(log, encoding="utf-8", errors="replace") as lines:
    for raw in lines:
        for _regex, who, at, data in one.processLine(raw.rstrip("\r\n")) or []:
            if who is None or data.get("nofail") or one.inIgnoreIPList(who):
                continue
            if ends.get(str(who), 0) > at:
                continue
            one.failManager.addFailure(FailTicket(who, at, data=data))
            try:
                one.failManager.toBan(who)
            except FailManagerEmpty:
                continue
            count = counts.get(str(who), 0)
            counts[str(who)] = count + 1
            seconds = observer.calcBanTime(jail, first, count) if grows and count > 0 else first
            ends[str(who)] = at + seconds if seconds >= 0 else float("inf")
            print(json.dumps({"address": str(who), "time": at, "seconds": seconds}))
