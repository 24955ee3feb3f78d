/**
 * The daemon's own log: lines for people and journald, or JSON.
 *
 * In: level, message, fields. Out: one line each on standard error. What must hold (charter 3.11): nothing from a log
 * line reaches a terminal or a log reader unescaped, and nothing makes two lines of one.
 */
import { escapeText } from "../escape.ts";

export const levels = ["debug", "info", "notice", "warning", "error"] as const;
export type Level = (typeof levels)[number];

/** sd-daemon(3): the priority that journald reads from `<N>` at the start of a line. */
const priorities: Readonly<Record<Level, number>> = {
  debug: 7,
  info: 6,
  notice: 5,
  warning: 4,
  error: 3,
};

export type LogFormat = "text" | "journal" | "json";

export interface Log {
  level: Level;
  say(level: Level, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export function makeLog(level: Level, format: LogFormat, write: (line: string) => void): Log {
  const log: Log = {
    level,
    say(lineLevel, message, fields = {}) {
      if (levels.indexOf(lineLevel) < levels.indexOf(log.level)) return;
      const text = escapeText(message);
      if (format === "json") {
        write(`${JSON.stringify({ level: lineLevel, message: text, ...fields })}\n`);
      } else if (format === "journal") write(`<${priorities[lineLevel]}>${text}\n`);
      else write(`${new Date().toISOString()} ${lineLevel.padEnd(7)} ${text}\n`);
    },
  };
  return log;
}
