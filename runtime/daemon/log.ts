/**
 * The daemon's own log: lines for people and journald, or JSON.
 *
 * In: level, message, fields. Out: one line each on standard error. What must hold (charter 3.11): nothing from a log
 * line reaches a terminal or a log reader unescaped, and nothing makes two lines of one.
 */
import { type LogLevel, logLevels } from "../arguments.ts";
import { escapeText } from "../escape.ts";

/** sd-daemon(3): the priority that journald reads from `<N>` at the start of a line. */
const priorities: Readonly<Record<LogLevel, number>> = {
  debug: 7,
  info: 6,
  notice: 5,
  warning: 4,
  error: 3,
};

export type LogFormat = "text" | "journal" | "json";

export interface Log {
  level: LogLevel;
  /** False: a message of this level is told nobody. */
  tells(level: LogLevel): boolean;
  say(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export function makeLog(level: LogLevel, format: LogFormat, write: (line: string) => void): Log {
  const log: Log = {
    level,
    tells: (lineLevel) => logLevels.indexOf(lineLevel) >= logLevels.indexOf(log.level),
    say(lineLevel, message, fields = {}) {
      if (!log.tells(lineLevel)) return;
      const text = escapeText(message);
      if (format === "json") {
        write(JSON.stringify({ level: lineLevel, message: text, ...fields }));
      } else if (format === "journal") write(`<${priorities[lineLevel]}>${text}`);
      else write(`${new Date().toISOString()} ${lineLevel.padEnd(7)} ${text}`);
    },
  };
  return log;
}
