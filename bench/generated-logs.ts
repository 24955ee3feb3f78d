/**
 * Logs like those of a host on the Internet, made anew each time and always the same.
 *
 * In: how many lines. Out: an auth.log in which a third of the lines concerns sshd's filter, and an access.log in which
 * few lines concern anybody. Addresses are those set aside for documentation.
 */

/** A generator of numbers that needs no package: the same row on every machine (mulberry32). */
function makeChance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const networks = ["192.0.2.", "198.51.100.", "203.0.113."];
const users = ["root", "admin", "oracle", "test", "ubuntu", "git", "postgres", "pi"];
const start = Date.UTC(2026, 1, 1);
const months = ["Jan", "Feb", "Mar"];

function addressOf(chance: (below: number) => number): string {
  return `${networks[chance(3)]}${1 + chance(254)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

export function makeAuthLog(lines: number): Buffer {
  const chance = makeChance(1);
  const written: string[] = [];
  for (let at = 0; written.length < lines; at++) {
    const time = new Date(start + at * 90_000);
    const day = String(time.getUTCDate()).padStart(2, " ");
    const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()]
      .map(two)
      .join(":");
    const head = `${months[time.getUTCMonth()] ?? "Mar"} ${day} ${clock} gate`;
    const pid = 1000 + chance(30_000);
    const address = addressOf(chance);
    const port = 1024 + chance(60_000);
    const user = users[chance(users.length)];
    const say = (text: string) => written.push(`${head} ${text}`);
    switch (chance(8)) {
      case 0:
      case 1:
        say(`sshd[${pid}]: Failed password for root from ${address} port ${port} ssh2`);
        say(
          `sshd[${pid}]: Connection closed by authenticating user root ${address} port ${port} [preauth]`,
        );
        break;
      case 2:
        say(`sshd[${pid}]: Invalid user ${user} from ${address} port ${port}`);
        say(`sshd[${pid}]: pam_unix(sshd:auth): check pass; user unknown`);
        say(
          `sshd[${pid}]: pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${address}`,
        );
        say(
          `sshd[${pid}]: Failed password for invalid user ${user} from ${address} port ${port} ssh2`,
        );
        break;
      case 3:
        say(
          `sshd[${pid}]: Accepted publickey for deploy from 192.0.2.1 port ${port} ssh2: ED25519 SHA256:f00d${pid}`,
        );
        say(
          `sshd[${pid}]: pam_unix(sshd:session): session opened for user deploy(uid=1000) by (uid=0)`,
        );
        say(`systemd-logind[612]: New session ${pid} of user deploy.`);
        say(`sshd[${pid}]: pam_unix(sshd:session): session closed for user deploy`);
        break;
      default:
        say(`CRON[${pid}]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)`);
        say(`CRON[${pid}]: pam_unix(cron:session): session closed for user root`);
        say(
          `sudo:   deploy : TTY=pts/0 ; PWD=/srv ; USER=root ; COMMAND=/usr/bin/systemctl reload web`,
        );
    }
  }
  return Buffer.from(`${written.join("\n")}\n`);
}

const pages = [
  "/",
  "/news/",
  "/images/logo.png",
  "/style.css",
  "/articles/2026/02/",
  "/favicon.ico",
];
const agents = [
  "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
  "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
];
const probes = ["/wp-login.php", "/.env", "/.git/config", "/phpmyadmin/index.php", "/xmlrpc.php"];

export function makeAccessLog(lines: number): Buffer {
  const chance = makeChance(2);
  const written: string[] = [];
  for (let at = 0; at < lines; at++) {
    const time = new Date(start + at * 20_000);
    const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()]
      .map(two)
      .join(":");
    const stamp = `${two(time.getUTCDate())}/${months[time.getUTCMonth()] ?? "Mar"}/2026:${clock} +0000`;
    const isProbe = chance(100) === 0;
    const page = isProbe ? probes[chance(probes.length)] : pages[chance(pages.length)];
    const status = isProbe ? [403, 404, 400][chance(3)] : [200, 200, 200, 304, 301, 404][chance(6)];
    const query = chance(12) === 0 ? `?q=one%20and%20${chance(1000)}` : "";
    const referer = chance(3) === 0 ? "-" : `https://www.example.org/articles/${chance(1000)}`;
    written.push(
      `${addressOf(chance)} - - [${stamp}] "GET ${page}${query} HTTP/1.1" ${status} ${chance(90_000)} "${referer}" "${agents[chance(3)]}"`,
    );
  }
  return Buffer.from(`${written.join("\n")}\n`);
}
