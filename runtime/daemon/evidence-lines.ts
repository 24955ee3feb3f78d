/**
 * The lines behind a ban, as the daemon has them and as its state keeps them.
 *
 * What must hold: what is unpacked is what was packed. Packed they are one text: a start reads those of ten
 * thousand bans, and mostly nobody ever asks for one of them.
 */

export interface EvidenceLine {
  readonly file: string;
  readonly line: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly rule: string;
  readonly text: string;
}

export interface PackedLines {
  readonly file: string;
  readonly rule: string;
  /** JSON of the lines as `ShortLine`s. */
  readonly text: string;
}

/** Line number, time and text; file and rule where they differ from the first line's. */
export type ShortLine = readonly [number, number, string, string?, string?];

export function packLines(lines: readonly EvidenceLine[]): PackedLines {
  const { file, rule } = lines[0] ?? { file: "", rule: "" };
  const short = lines.map(
    (one): ShortLine =>
      one.file === file && one.rule === rule
        ? [one.line, one.time, one.text]
        : [one.line, one.time, one.text, one.file, one.rule],
  );
  return { file, rule, text: JSON.stringify(short) };
}

export function unpackLines({ file, rule, text }: PackedLines): EvidenceLine[] {
  const short = JSON.parse(text) as ShortLine[];
  return short.map(([line, time, said, otherFile, otherRule]) => ({
    file: otherFile ?? file,
    line,
    time,
    rule: otherRule ?? rule,
    text: said,
  }));
}
