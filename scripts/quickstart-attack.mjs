/**
 * The attack that `npm start` writes: several attackers, one honest user, one colleague in a list, one
 * attempt to have somebody else banned. Addresses are those set aside for documentation (RFC 5737, 3849).
 *
 * Each step is a message as sshd writes it, the pause before it, and sometimes what one should look at.
 */
const guesser = "203.0.113.9";
const honest = "198.51.100.20";
const colleague = "192.0.2.10";
const forger = "203.0.113.66";
const victim = "198.51.100.7";
const twins = ["203.0.113.77", "203.0.113.78"];

export function* attack() {
  let pid = 4100;
  const sshd = (message, say, pauseMs = 450) => {
    pid += 7;
    return { pauseMs, message: `sshd[${pid}]: ${message}`, ...(say ? { say } : {}) };
  };
  const wrong = (user, address) => `Failed password for ${user} from ${address} port 4022 ssh2`;
  const unknown = (user, address) => wrong(`invalid user ${user}`, address);

  yield sshd(wrong("root", guesser), "A host guesses root's password.");
  yield sshd(wrong("alice", honest), "Alice mistypes hers, once,");
  yield sshd(wrong("root", guesser));
  yield sshd(`Accepted password for alice from ${honest} port 50022 ssh2`, "and gets it right.");
  yield sshd(wrong("root", guesser));

  yield sshd(wrong("bob", colleague), "Bob forgot his, but he sits in the office.", 900);
  yield sshd(wrong("bob", colleague));
  yield sshd(wrong("bob", colleague));

  // Three addresses, one network: a client has a whole /64 to choose from.
  yield sshd(unknown("admin", "2001:db8:bad::1"), "Three addresses of one IPv6 network.", 900);
  yield sshd(unknown("test", "2001:db8:bad::2"));
  yield sshd(unknown("oracle", "2001:db8:bad::3"));

  // A user name may hold anything, even the end of another log line.
  const forged = `x from ${victim} port 22 ssh2`;
  yield sshd(unknown(forged, forger), `A user name that tries to blame ${victim}.`, 900);
  yield sshd(unknown(forged, forger));
  yield sshd(unknown(forged, forger));

  const names = ["admin", "git", "deploy", "postgres", "ubuntu", "www"];
  for (const [index, name] of names.entries()) {
    const say = index === 0 ? "Two more at once." : undefined;
    yield sshd(unknown(name, twins[index % 2]), say, index === 0 ? 900 : 250);
  }
}
