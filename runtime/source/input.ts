/**
 * Standard input as a source: `tail -F x | node policy.mjs`.
 *
 * In: a stream. Out: bytes to the consumer as they come; at its end the last record, with or without LF. There is
 * no position: what was piped cannot be read again.
 */
import type { Readable } from "node:stream";
import { recordBytesMax } from "../limits.ts";
import type { Consumer, Source } from "./source.ts";

export function inputSource(stream: Readable, consumer: Consumer): Source {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let held = Buffer.alloc(0);
  let bytes = 0;
  let oversized = 0;
  let lastAt: number | null = null;
  let skipping = false;

  function take(chunk: Buffer): void {
    bytes += chunk.length;
    lastAt = Date.now();
    let start = 0;
    if (skipping) {
      const lineEnd = chunk.indexOf(0x0a);
      if (lineEnd < 0) return;
      start = lineEnd + 1;
      skipping = false;
    }
    const all = held.length === 0 ? chunk.subarray(start) : Buffer.concat([held, chunk]);
    const taken = consumer.take(all, 0, all.length);
    hold(consumer.moved(null));
    held = Buffer.from(all.subarray(taken));
    if (held.length <= recordBytesMax) return;
    held = Buffer.alloc(0);
    skipping = true;
    oversized++;
    consumer.say("notice", `standard input: a record of over ${recordBytesMax} bytes skipped`);
  }

  /** A disk that does not keep up holds the writer back. */
  function hold(behind: void | Promise<void>): void {
    if (behind === undefined) return;
    stream.pause();
    void behind.then(() => stream.resume());
  }

  return {
    async start() {
      stream.on("data", take);
      stream.on("end", () => {
        if (held.length > 0) consumer.takeLast(held, 0, held.length);
        void Promise.resolve(consumer.moved(null)).then(end);
      });
      stream.on("error", (error) => {
        consumer.say("warning", `standard input: ${error.message}`);
        end();
      });
    },
    reopen() {},
    status: () => [
      { name: "standard input", state: "following", detail: "", bytes, lastAt, oversized },
    ],
    idle: () => ended,
    async stop() {
      stream.removeAllListeners("data");
      stream.destroy();
    },
  };
}
