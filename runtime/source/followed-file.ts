/**
 * One open log file: reads what is new, notices when it was cut, and knows its position.
 *
 * In: a path or an open file's remembered position. Out: bytes to the consumer, in order, each once. What must
 * hold: a record is handed on only whole (up to its LF); the buffer is bounded whatever the
 * writer does; nothing is read from what is no regular file.
 */
import { constants, type Stats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { recordBytesMax } from "../limits.ts";
import { crc32 } from "../state/crc32.ts";
import { descriptorsMax, openLogsMax } from "./descriptors.ts";
import { withReadBuffer } from "./read-buffers.ts";
import type { Consumer, Position } from "./source.ts";

type FilePosition = Extract<Position, { kind: "file" }>;

const chunkBytes = 256 * 1024;
const headBytesMax = 1024;
const tailBytes = 64;
const bufferBytes = chunkBytes + recordBytesMax + 2;
const nothing = Buffer.alloc(0);

/** All that are open, whatever source they belong to. */
let openLogs = 0;

export class FollowedFile {
  bytes = 0;
  oversized = 0;
  lastAt: number | null = null;
  /** What was read of a record without its LF yet. */
  #held: Buffer = nothing;
  /** Where the next read begins. */
  #offset = 0;
  /** Inside a record that is too long: everything up to the next LF is dropped. */
  #skipping = false;
  /** The last bytes before `#offset`, and before the first held byte. */
  #tail: Buffer = Buffer.alloc(0);
  #takenTail: Buffer = Buffer.alloc(0);
  #head = { bytes: 0, sum: 0 };

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    readonly dev: number,
    readonly ino: number,
    private readonly consumer: Consumer,
  ) {}

  /**
   * Opens a regular file; links are followed. Throws with the reason in words. A rotated file is found
   * under another name, but its position stays that of the log it was (`knownAs`).
   */
  static async open(path: string, consumer: Consumer, knownAs = path): Promise<FollowedFile> {
    if (openLogs >= openLogsMax()) {
      throw new Error(`is one log too many: this process may open ${descriptorsMax()} files`);
    }
    openLogs++;
    try {
      return await FollowedFile.#open(path, consumer, knownAs);
    } catch (error) {
      openLogs--;
      throw error;
    }
  }

  static async #open(path: string, consumer: Consumer, knownAs: string): Promise<FollowedFile> {
    // O_NONBLOCK: opening a FIFO must not hang before fstat can refuse it.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new Error(`is ${kindOf(found)}, not a regular file`);
      return new FollowedFile(knownAs, file, found.dev, found.ino, consumer);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Goes to the file's present end: only what is written from now on counts. */
  async seekEnd(): Promise<void> {
    const { size } = await this.file.stat();
    await this.#seek(size);
  }

  /** Goes where a remembered position says; false: the file is another one or was cut. */
  async seek(position: FilePosition): Promise<boolean> {
    const { size } = await this.file.stat();
    if (size < position.offset || size < position.headBytes) return false;
    const head = await this.#readAt(0, position.headBytes);
    if (crc32(head) !== position.head) return false;
    await this.#seek(position.offset);
    return crc32(this.#tail) === position.tail;
  }

  position(): FilePosition {
    return {
      kind: "file",
      path: this.path,
      dev: this.dev,
      ino: this.ino,
      offset: this.#offset - this.#held.length,
      headBytes: this.#head.bytes,
      head: this.#head.sum,
      tail: crc32(this.#takenTail),
    };
  }

  /** Reads everything there is. Returns true when anything was read. `stop` ends it between chunks. */
  async readOn(stop: () => boolean): Promise<boolean> {
    const { size } = await this.file.stat();
    if (await this.#wasCut(size)) await this.#startAgain();
    if (size === this.#offset) return false;
    let any = false;
    while (!stop()) {
      // A buffer for each chunk: nobody waits until another's backlog is read.
      const bytesRead = await withReadBuffer(bufferBytes, (buffer) => this.#readChunk(buffer));
      any ||= bytesRead > 0;
      if (bytesRead < chunkBytes) break;
      // Timers and control requests have their turn while a big log is caught up.
      await new Promise((done) => setImmediate(done));
    }
    return any;
  }

  async #readChunk(buffer: Buffer): Promise<number> {
    const held = this.#held.copy(buffer);
    const { bytesRead } = await this.file.read(buffer, held, chunkBytes, this.#offset);
    if (bytesRead > 0) await this.#hand(buffer, bytesRead);
    return bytesRead;
  }

  /** The file will not grow any more: what stands behind its last LF is a record, too. */
  async finish(): Promise<void> {
    if (this.#held.length > 0 && !this.#skipping) {
      this.consumer.takeLast(this.#held, 0, this.#held.length);
      this.#held = nothing;
      await this.consumer.moved(this.position());
    }
    await this.close();
  }

  async close(): Promise<void> {
    openLogs--;
    await this.file.close();
  }

  async #hand(buffer: Buffer, bytesRead: number): Promise<void> {
    this.bytes += bytesRead;
    this.lastAt = Date.now();
    this.#offset += bytesRead;
    // Before anything is taken: between taking and `moved` nothing may wait, or what was counted
    // could be journalled without its position.
    if (this.#head.bytes < headBytesMax) await this.#readHead();
    let start = 0;
    const end = this.#held.length + bytesRead;
    if (this.#skipping) {
      const lineEnd = buffer.subarray(0, end).indexOf(0x0a);
      start = lineEnd < 0 ? end : lineEnd + 1;
      this.#skipping = lineEnd < 0;
    }
    let taken = start < end ? this.consumer.take(buffer, start, end) : end;
    const tooLong = end - taken > recordBytesMax;
    if (tooLong) taken = end;
    this.#tail = lastBytes(this.#tail, buffer, end - bytesRead, end);
    this.#takenTail = lastBytes(this.#takenTail, buffer, 0, taken);
    this.#held = taken < end ? Buffer.from(buffer.subarray(taken, end)) : nothing;
    if (tooLong) {
      this.#skipping = true;
      this.oversized++;
      this.consumer.say("notice", `${this.path}: a record of over ${recordBytesMax} bytes skipped`);
    }
    await this.consumer.moved(this.position());
  }

  /** A file that is shorter than what was read, or has other bytes there, was cut (copytruncate). */
  async #wasCut(size: number): Promise<boolean> {
    if (size < this.#offset) return true;
    if (this.#tail.length === 0) return false;
    // At the same size, too: it may have grown again to just where we were.
    const now = await this.#readAt(this.#offset - this.#tail.length, this.#tail.length);
    return !now.equals(this.#tail);
  }

  async #startAgain(): Promise<void> {
    this.consumer.say("info", `${this.path} was cut: reading it from its start`);
    await this.#seek(0);
    await this.consumer.moved(this.position());
  }

  async #seek(offset: number): Promise<void> {
    this.#offset = offset;
    this.#held = nothing;
    const from = Math.max(0, offset - tailBytes);
    this.#tail = await this.#readAt(from, offset - from);
    this.#takenTail = this.#tail;
    // In the middle of a record: its rest is not a record of its own.
    this.#skipping = offset > 0 && this.#tail[this.#tail.length - 1] !== 0x0a;
    await this.#readHead();
  }

  async #readHead(): Promise<void> {
    const head = await this.#readAt(0, Math.min(headBytesMax, this.#offset));
    this.#head = { bytes: head.length, sum: crc32(head) };
  }

  async #readAt(offset: number, length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await this.file.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  }
}

/** The last `tailBytes` of what was before, followed by `bytes[start, end)`. */
function lastBytes(before: Buffer, bytes: Buffer, start: number, end: number): Buffer {
  const from = Math.max(start, end - tailBytes);
  const missing = tailBytes - (end - from);
  const kept = before.subarray(Math.max(0, before.length - missing));
  return Buffer.concat([missing > 0 ? kept : before.subarray(0, 0), bytes.subarray(from, end)]);
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return "a directory";
  if (found.isFIFO()) return "a FIFO";
  if (found.isSocket()) return "a socket";
  return "a device";
}
