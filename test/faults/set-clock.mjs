/**
 * A preload (`node --import`) that lets a test set the wall clock of a running daemon: `Date` is shifted by as many
 * milliseconds as the file named in SET_CLOCK_FILE says now. The monotonic clock stays as it is.
 */
import { readFileSync } from "node:fs";

const file = process.env.SET_CLOCK_FILE;
const RealDate = Date;

function shiftMs() {
  try {
    return Number(readFileSync(file, "utf8")) || 0;
  } catch {
    return 0;
  }
}

globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(RealDate.now() + shiftMs());
    else super(...values);
  }

  static now() {
    return RealDate.now() + shiftMs();
  }
};
