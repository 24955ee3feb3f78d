/**
 * The envelope `docker`: the json-file log driver's `{"log":"...","stream":"...","time":"..."}`.
 *
 * In: a record's bytes. Out: the registers' record is `log` without its final LF, and `time` is the
 * record's; false: it is no such object, or an LF or CR is left in `log`, which would be a record
 * inside a record.
 */
import { trimEnd } from "../bytes.ts";
import { readJson } from "../format/json.ts";
import { type FieldsSpec, makeFields } from "../format/paths.ts";
import { recordBytesMax } from "../limits.ts";
import { Registers } from "../registers.ts";

const logField = 0;
const timeField = 1;

/** One a scanner: the object is read into registers of its own. */
export class DockerEnvelope {
  readonly #spec: FieldsSpec = makeFields([["log"], ["time"]]);
  readonly #object = new Registers();

  open(r: Registers, bytes: Buffer, start: number, end: number): boolean {
    const object = this.#object;
    object.begin(bytes, start, end);
    if (!readJson(object, this.#spec)) return false;
    const log = object.values[logField];
    const time = object.values[timeField];
    if (typeof log !== "string") return false;
    const message = Buffer.from(log.endsWith("\n") ? log.slice(0, -1) : log, "utf8");
    const messageEnd = trimEnd(message, 0, message.length);
    if (message.length > recordBytesMax || holdsLineEnd(message, messageEnd)) return false;
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
