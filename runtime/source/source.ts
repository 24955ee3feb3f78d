/**
 * What all sources of records have in common: bytes go to a consumer, positions go along.
 *
 * What must hold: a position is handed on only with everything before it already taken, so that who stores
 * both in one frame counts every record exactly once, whatever kills the process.
 */

/** Where reading goes on after a restart. Plain data: it is journalled. */
export type Position =
  | {
      readonly kind: "file";
      readonly path: string;
      readonly dev: number;
      readonly ino: number;
      /** Bytes from the start of the file; the first byte of the first record not yet taken. */
      readonly offset: number;
      /** CRC-32 of the file's first `headBytes` bytes: tells a new file with an old inode number. */
      readonly headBytes: number;
      readonly head: number;
      /** CRC-32 of the up to 64 bytes before `offset`: tells a file that was cut and grew again. */
      readonly tail: number;
    }
  | { readonly kind: "journal"; readonly query: string; readonly cursor: string };

export interface Consumer {
  /** Takes whole records of `bytes[start, end)`; returns the offset behind the last LF it took. */
  take(bytes: Buffer, start: number, end: number): number;
  /** Takes what stood behind the last LF of a file that will not grow any more. */
  takeLast(bytes: Buffer, start: number, end: number): void;
  /**
   * Everything up to here was taken; null: there is no way back to it. Called in the same turn as `take`,
   * or a frame could hold what was counted and not where. A promise holds the source back.
   */
  moved(position: Position | null): void | Promise<void>;
  /** Everything that was there has been read: what comes now is live. */
  caughtUp(): void;
  /** A rotated file was read to its end and let go: its position is not needed any more. */
  forget(position: Position): void;
  /** Something a person should know: a file that waits, a rotation, a record that was too long. */
  say(level: "info" | "notice" | "warning", message: string): void;
}

/** What `status` tells of a source. */
export interface SourceStatus {
  readonly name: string;
  /** `following`, `waiting` for a file, `polling` where the kernel tells nothing, or what is wrong. */
  readonly state: "following" | "polling" | "waiting" | "failed";
  readonly detail: string;
  readonly bytes: number;
  /** Milliseconds since 1970 of the last bytes; null: none yet. */
  readonly lastAt: number | null;
  readonly oversized: number;
}

export interface Source {
  start(): Promise<void>;
  /** Looks at once; for `SIGHUP`. */
  reopen(): void;
  status(): SourceStatus[];
  /** Resolves when everything that is there has been read, or the input has ended. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}
