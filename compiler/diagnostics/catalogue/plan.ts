/** F2B3xxx: what a checked policy asks for and a bundle of this version cannot carry out. */
import { entry } from "../diagnostic.ts";

const filter = (body: string) => `filter demo {\n  format syslog program "demo"\n${body}\n}\n`;
const good = filter('  fail "login failed for {user} from {address}"');

export const plan = {
  tooManyCaptures: entry<{ filter: string; max: number }>({
    code: "F2B3002",
    severity: "error",
    message: ({ filter: name, max }) => `${name} names more than ${max} captures in one rule`,
    help: () => "leave holes that nobody reads without a name, or split the rule",
    explain:
      "The captures of a rule and of the frame around it are kept in a fixed number of slots, so that a " +
      "record that matches nothing costs no memory. No log line needs as many as there are.",
    bad: filter(
      `  fail "${Array.from({ length: 129 }, (_, i) => `{h${i}:int} `).join("")}{address}"`,
    ),
    good,
  }),
};
