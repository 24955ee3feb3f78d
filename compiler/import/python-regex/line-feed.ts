/**
 * The final LF that Fail2ban searches too: does a pattern match right before it or right behind it?
 *
 * In: nodes as Python reads them, and the place. Out: whether they can match there taking nothing more, or that LF; `open` where the line before
 * decides. f2b has one place for both, the end of the message, which looks like the one before the LF.
 */
import { takes } from "./takes.ts";
import { type Choice, choicesOf, type Node, type Repeat, type Sequence } from "./tree.ts";

export const lineFeed = 0x0a;

/** 0: before the LF, 1: behind it. */
export type Place = 0 | 1;
export type Answer = "no" | "open" | "yes";

/** Whether a match that begins at a place can end before the LF, and behind it. */
type Ends = readonly [Answer, Answer];

const nowhere: Ends = ["no", "no"];
const ranks: readonly Answer[] = ["no", "open", "yes"];

/** Does the sequence match at this place and take nothing? */
export function matchesNothing(sequence: Sequence, place: Place): Answer {
  return endsOf(sequence, place)[place];
}

function endsOf(sequence: Sequence, place: Place): Ends {
  return sequence.reduce((ends, node) => then(ends, node), startAt(place, "yes"));
}

function then([before, behind]: Ends, node: Node): Ends {
  const first = before === "no" ? nowhere : bothOf(endsOfNode(node, 0), before);
  const second = behind === "no" ? nowhere : bothOf(endsOfNode(node, 1), behind);
  return eitherOf(first, second);
}

function endsOfChoice(choice: Choice, place: Place): Ends {
  return choice.map((sequence) => endsOf(sequence, place)).reduce(eitherOf, nowhere);
}

function endsOfNode(node: Node, place: Place): Ends {
  switch (node.type) {
    case "char":
    case "set":
    case "dot":
      return place === 0 && takes(node, lineFeed) ? ["no", "yes"] : nowhere;
    case "anchor":
      return startAt(place, answerOf(node.where, place));
    case "group":
    case "capture":
    case "atomic":
      return endsOfChoice(node.body, place);
    case "repeat":
      return endsOfRepeat(node, place);
    case "look": {
      const answer = node.behind ? lookBehind(node.body, place) : lookAhead(node.body, place);
      return startAt(place, node.negative ? opposite(answer) : answer);
    }
    case "tag":
      return node.tag === "skiplines" ? bothOf(["open", "open"], "open") : nowhere;
    default:
      return place === 0 ? ["open", "open"] : ["no", "open"];
  }
}

function answerOf(where: string, place: Place): Answer {
  if (where === "end" || where === "lineEnd") return "yes";
  if (where === "veryEnd") return place === 1 ? "yes" : "no";
  if (place === 0) return "open";
  return where === "notWord" || where === "lineStart" ? "yes" : "no";
}

/** There is one LF to take, so that a third turn adds nothing. */
function endsOfRepeat({ item, min, max }: Repeat, place: Place): Ends {
  let ends = startAt(place, "yes");
  let all = min === 0 ? ends : nowhere;
  for (let turn = 1; turn <= Math.min(max, min + 2, 4); turn++) {
    ends = then(ends, item);
    if (turn >= Math.min(min, 3)) all = eitherOf(all, ends);
  }
  return all;
}

function lookAhead(body: Choice, place: Place): Answer {
  return endsOfChoice(body, place).reduce((a, b) => (ranks.indexOf(a) > ranks.indexOf(b) ? a : b));
}

/** Behind the LF it sees that one last. */
function lookBehind(body: Choice, place: Place): Answer {
  if (place === 0) return "open";
  const answers = body.map((sequence): Answer => {
    if (sequence.length === 1 && takesOne(sequence[0])) return endsOf(sequence, 0)[1];
    return sequence.every(isZeroWidth) ? endsOf(sequence, 1)[1] : lastTakes(sequence);
  });
  return answers.reduce((a, b) => (ranks.indexOf(a) > ranks.indexOf(b) ? a : b), "no");
}

function takesOne(node: Node | undefined): boolean {
  return node?.type === "char" || node?.type === "set" || node?.type === "dot";
}

function isZeroWidth(node: Node): boolean {
  return node.type === "anchor" || node.type === "look";
}

/** Whether the last character can be the LF: what stands before it is not looked at. */
function lastTakes(sequence: Sequence): Answer {
  const last = sequence.findLast((node) => !isZeroWidth(node));
  if (last === undefined) return "open";
  if (takesOne(last)) return takes(last, lineFeed) ? "open" : "no";
  const answers = choicesOf(last).map(lastTakes);
  return answers.every((answer) => answer === "no") ? "no" : "open";
}

function startAt(place: Place, answer: Answer): Ends {
  return place === 0 ? [answer, "no"] : ["no", answer];
}

function bothOf(ends: Ends, answer: Answer): Ends {
  const lower = (a: Answer) => (ranks.indexOf(a) < ranks.indexOf(answer) ? a : answer);
  return [lower(ends[0]), lower(ends[1])];
}

function eitherOf(one: Ends, other: Ends): Ends {
  const higher = (a: Answer, b: Answer) => (ranks.indexOf(a) > ranks.indexOf(b) ? a : b);
  return [higher(one[0], other[0]), higher(one[1], other[1])];
}

function opposite(answer: Answer): Answer {
  if (answer === "open") return "open";
  return answer === "yes" ? "no" : "yes";
}
