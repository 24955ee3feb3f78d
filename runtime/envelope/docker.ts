/**
 * The envelope `docker`: the json-file log driver's `{"log":"...","stream":"...","time":"..."}`.
 *
 * In: a record's bytes. Out: the registers' record is `log` without its final LF, and `time` is the
 * record's; false: it is no such object, a part, or an LF or CR is left in `log`, which would be a record
 * inside a record. Docker cuts a line into parts of 16 KiB, of which only the last has an LF; they are put together,
 * stdout and stderr apart.
 */
import { trimEnd } from "../bytes.ts";
import { readJson } from "../format/json.ts";
import { type FieldsSpec, makeFields } from "../format/paths.ts";
import { Registers } from "../registers.ts";
import { Parts } from "./parts.ts";

const logField = 0;
const timeField = 1;
const streamField = 2;

/** One a scanner: the object is read into registers of its own. */
export class DockerEnvelope {
  readonly #spec: FieldsSpec = makeFields([["log"], ["time"], ["stream"]]);
  readonly #object = new Registers();
  readonly #out = new Parts();
  readonly #err = new Parts();

  open(r: Registers, bytes: Buffer, start: number, end: number): boolean {
    const object = this.#object;
    object.begin(bytes, start, end);
    if (!readJson(object, this.#spec)) return false;
    const log = object.values[logField];
    const time = object.values[timeField];
    if (typeof log !== "string") return false;
    const parts = object.values[streamField] === "stderr" ? this.#err : this.#out;
    const part = Buffer.from(log, "utf8");
    if (!log.endsWith("\n")) {
      parts.add(part, 0, part.length);
      return false;
    }
    const message = parts.end(part, 0, part.length - 1);
    if (message === null) return false;
    const messageEnd = trimEnd(message, 0, message.length);
    if (holdsLineEnd(message, messageEnd)) return false;
    r.beginEnveloped(message, 0, messageEnd);
    r.envelope.stampField = typeof time === "string" ? time : undefined;
    r.envelope.stampPattern = null;
    r.beginFormat();
    return true;
  }
}

function holdsLineEnd(b: Buffer, end: number): boolean {
  for (let at = 0; at < end; at++) if (b[at] === 0x0a || b[at] === 0x0d) return true;
  return false;
}
