"""What the installed Fail2ban makes of the jails in the folder that is named, a JSON line each: settings in seconds, ports as
numbers, and how long its own observer would ban for the first time, the second ... `all` takes jails that are not enabled, too."""
import ipaddress
import json
import logging
import socket
import sys

from fail2ban.client.jailsreader import JailsReader
from fail2ban.server.jail import Jail
from fail2ban.server.mytime import MyTime
from fail2ban.server.observer import ObserverThread

logging.disable(logging.CRITICAL)


def port_number(name):
    try:
        return int(name)
    except ValueError:
        pass
    for protocol in ("tcp", "udp"):
        try:
            return socket.getservbyname(name, protocol)
        except OSError:
            pass
    return name


def spared(text):
    """Addresses and prefixes in one spelling; all else as it stands."""
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        return text


def ports_of(action):
    """[protocol, from, to] each; None: all of them."""
    if "allports" in (action.get("type", ""), action["actname"].rsplit("-", 1)[-1]):
        return None
    found = []
    for protocol in action["protocol"].split(","):
        for port in action["port"].split(","):
            ends = [port_number(end.strip()) for end in port.split(":")]
            found.append([protocol, ends[0], ends[-1]])
    return found


def lengths_of(said):
    """Seconds of the first ban, the second ..., as its observer works them out; -1 for ever."""
    first = MyTime.str2seconds(said("bantime", "10m"))
    if not said("bantime.increment", False) or first <= 0:
        return [first]
    jail = Jail("oracle", backend="polling")
    for option in ("factor", "formula", "multipliers", "maxtime"):
        value = said("bantime." + option, None)
        if value is not None:
            jail.setBanTimeExtra(option, value)
    jail.setBanTimeExtra("increment", "true")
    observer = ObserverThread()
    return [first] + [observer.calcBanTime(jail, first, count) for count in range(1, 13)]


def main(folder, force):
    reader = JailsReader(force_enable=force, basedir=folder, share_config={})
    reader.read()
    reader.getOptions()
    stream = reader.convert(allow_no_files=True)
    for jail in reader._JailsReader__jails:
        name = jail.getName()
        if not jail.isEnabled():
            continue
        own = [line for line in stream if len(line) > 2 and line[1] == name]

        def said(option, usual):
            values = [line[3] for line in own if line[0] == "set" and line[2] == option]
            return values[-1] if values else usual

        added = {line[2]: list(line[3:]) for line in own if line[2] == "addignoreip"}
        actions = [dict(line[4]) for line in own if line[0] == "multi-set" and line[2] == "action"]
        print(json.dumps({
            "jail": name,
            "maxretry": said("maxretry", None),
            "findtime": MyTime.str2seconds(said("findtime", "10m")),
            "lengths": lengths_of(said),
            "maxtime": said("bantime.maxtime", None) is not None,
            "rndtime": MyTime.str2seconds(said("bantime.rndtime", 0) or 0),
            "overall": bool(said("bantime.overalljails", False)),
            "ignoreself": bool(said("ignoreself", True)),
            "ignoreip": [spared(one) for one in added.get("addignoreip", [])],
            "usedns": said("usedns", "warn"),
            "backend": jail.options.get("backend"),
            "logpath": (jail.options.get("logpath") or "").split("\n"),
            "journalmatch": [" ".join(line[3:]) for line in own if line[2] == "addjournalmatch"],
            "ports": [ports_of(action) for action in actions if "port" in action and "actionban" in action],
        }, default=str))


main(sys.argv[1], sys.argv[2] == "all")
