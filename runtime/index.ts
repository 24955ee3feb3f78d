/**
 * What emitted code may import, and nothing more. Importing it does nothing: what a policy does not
 * use is not in its bundle.
 */
export { blackhole } from "./action/blackhole.ts";
export { sendHttp, urlText } from "./action/http.ts";
export { ipset } from "./action/ipset.ts";
export { listFile } from "./action/list-file.ts";
export { sendMail } from "./action/mail.ts";
export { memory } from "./action/memory.ts";
export { nftables } from "./action/nftables.ts";
export { eventText } from "./action/value.ts";
export { groups, namedValues, noCaptures, noFields, slots } from "./captures.ts";
export { CriEnvelope } from "./envelope/cri.ts";
export { DockerEnvelope } from "./envelope/docker.ts";
export { openSyslog } from "./envelope/syslog.ts";
export { needles } from "./find/find.ts";
export { accessField, readAccess } from "./format/access.ts";
export { readAudit } from "./format/audit.ts";
export { makeCut, readCut } from "./format/cut.ts";
export { readJson } from "./format/json.ts";
export { makeLines, readLines } from "./format/lines.ts";
export { readLogfmt } from "./format/logfmt.ts";
export { makeFields, makeFlatFields } from "./format/paths.ts";
export { readSyslog } from "./format/syslog.ts";
export { fieldOf, hit, namedValue, rule } from "./hit.ts";
export { makeNotTable } from "./holes.ts";
export { linear } from "./linear.ts";
export { lit } from "./literal.ts";
export { unmatched, windowed } from "./message-window.ts";
export { begin, exec, frame, framed, isProgram, programMatches, programName } from "./pattern.ts";
export { hostRun, notRun, wordRun } from "./run.ts";
export { firstFormat, isSeen, makeScanner, openPlain, openWith, programLength } from "./scan.ts";
export {
  address,
  addressBack,
  back,
  done,
  forget,
  free,
  hex,
  hexBack,
  host,
  hostBack,
  int,
  intBack,
  lits,
  mark,
  message,
  notBack,
  number,
  numberBack,
  port,
  portBack,
  run,
  segment,
  text,
  textBack,
  time,
  timeBack,
  wordBack,
  words,
  wordsBack,
} from "./template.ts";
export {
  timeBlanks,
  timeInt,
  timeNot,
  timePad,
  timeText,
  timeWord,
  timeWords,
} from "./time/around.ts";
export {
  timeDay,
  timeEpoch,
  timeFraction,
  timeHalf,
  timeHour,
  timeHour12,
  timeMinute,
  timeMonth,
  timeMonthName,
  timeSecond,
  timeSeconds,
  timeStamp,
  timeTai64n,
  timeWeekday,
  timeYear,
  timeYear2,
  timeYearDay,
  timeZone,
  timeZoneName,
} from "./time/letters.ts";
export { TimePattern } from "./time/pattern.ts";
export {
  compareBool,
  compareNumber,
  comparePrefix,
  compareText,
  matchesRegex,
  matchesTemplate,
  prefixParts,
  value,
} from "./where.ts";
