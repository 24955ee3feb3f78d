/**
 * An `nft -i` that stays: a change costs it a third of a millisecond, a new nft 4 to 60.
 *
 * In: commands in one line, all of it text of ours. Out: true when they are in force. What must hold: false means
 * only that nobody knows, and a new `nft -f` must say; an nft that hangs or dies is noticed, delays nobody
 * for longer than `answerMs`, and none outlives the daemon.
 *
 * nft does one line after the other, each as one transaction, and says nothing of one that it has done. Behind
 * each stands a word that it does not know: its complaint about that, on the same stream as all
 * complaints, tells that the line before it is done. Nothing else may stand there. It looks at the kernel's
 * generation for each line, so that it never trusts what it knew of the ruleset.
 */
import { startProcess } from "./process.ts";

const answerMs = 2_000;
/** After an nft that hung or died, so long each change has an nft of its own. */
const pauseMs = 30_000;
/** nft keeps some 200 bytes of every line that it ever read. */
const linesMax = 2_000;
/** More complaints than this need no reading. */
const complaintCharsMax = 65_536;

export interface LiveNft {
  /** Starts one, unless one runs; it is used once it has answered. */
  start(): void;
  tell(commands: string): Promise<boolean>;
  /** What nft complains of, a line each, for commands that are meant to fail; null: nobody knows. */
  ask(commands: string): Promise<readonly string[] | null>;
  end(): void;
}

interface Waiting {
  readonly word: string;
  readonly answer: (said: readonly string[] | null) => void;
}

interface Running {
  readonly isWorn: () => boolean;
  readonly send: (line: string) => Promise<readonly string[] | null>;
  readonly kill: () => void;
}

export function openLiveNft(): LiveNft {
  let running: Running | null = null;
  let isReady = false;
  let pausedUntil = 0;

  const live: LiveNft = {
    start() {
      if (running !== null || performance.now() < pausedUntil) return;
      const mine = startNft(() => {
        if (running !== mine) return;
        running = null;
        isReady = false;
        pausedUntil = performance.now() + pauseMs;
      });
      running = mine;
      void mine.send("").then((answered) => {
        if (running !== mine) return;
        if (answered?.length === 0) isReady = true;
        else mine.kill();
      });
    },
    async tell(commands) {
      return (await live.ask(commands))?.length === 0;
    },
    async ask(commands) {
      if (running?.isWorn()) live.end();
      live.start();
      return isReady && running !== null ? running.send(`${commands}\n`) : null;
    },
    end() {
      const ended = running;
      running = null;
      isReady = false;
      ended?.kill();
    },
  };
  return live;
}

function startNft(gone: () => void): Running {
  // Without a home it neither reads nor leaves a history.
  const { child, signal } = startProcess(["nft", "-i"], { HOME: "/dev/null", TERM: "dumb" });
  let lines = 0;
  let complaints = "";
  let waiting: Waiting | null = null;
  const answer = (said: readonly string[] | null) => {
    const answered = waiting;
    waiting = null;
    answered?.answer(said);
  };
  const leave = () => {
    signal("SIGKILL");
    gone();
    answer(null);
  };
  child.once("error", leave);
  child.once("close", leave);
  child.stdout.resume();
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    complaints += chunk;
    const end = waiting === null ? -1 : complaints.indexOf(waiting.word);
    if (end >= 0) {
      // The line of marks below the word comes later, and is nothing; the last line is about the word.
      const said = complaints.slice(0, end).match(/^.*[^\s^~-].*$/gm) ?? [];
      complaints = "";
      answer(said.slice(0, -1));
    } else if (complaints.length > complaintCharsMax) leave();
  });

  return {
    isWorn: () => lines > linesMax,
    send(line) {
      if (waiting !== null) return Promise.resolve(null);
      const word = `f2b_done_${++lines}_\n`;
      return new Promise((resolve) => {
        // What a killed one may still do, the new nft does again: the kernel does one after the other.
        const late = setTimeout(leave, answerMs);
        waiting = {
          word,
          answer(said) {
            clearTimeout(late);
            resolve(said);
          },
        };
        child.stdin.write(line + word);
      });
    },
    kill: leave,
  };
}
