/**
 * Foreign text for people's eyes: policy lines, log lines, names.
 *
 * In: any string. Out: text that moves no cursor, changes no colour and turns no direction, cell by
 * cell with its width in terminal columns. What cannot be shown is written as `\u{1b}`.
 */

export interface Cell {
  /** Offset of the character in the text, UTF-16 code units. */
  readonly start: number;
  readonly shown: string;
  readonly width: number;
}

const tabColumns = 4;

/** Most texts hold nothing else. */
const plain = /^[ -~]*$/;

/** Controls, lone surrogates, format characters (directions, joiners, marks of order), separators. */
const hidden =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/u;

/** East Asian wide and full-width forms and emoji, in blocks: close enough to set a caret. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

/** One line of text as cells; a tab reaches to the next multiple of four columns. */
export function layOut(text: string): Cell[] {
  const cells: Cell[] = [];
  let start = 0;
  let column = 0;
  for (const char of text) {
    const shown = char === "\t" ? " ".repeat(tabColumns - (column % tabColumns)) : showChar(char);
    const width = /^\p{M}$/u.test(char) ? 0 : wide.test(char) ? 2 : shown.length;
    cells.push({ start, shown, width });
    start += char.length;
    column += width;
  }
  return cells;
}

/** Text that is safe on a terminal, in one line. */
export function showText(text: string): string {
  if (plain.test(text)) return text;
  let shown = "";
  for (const char of text) shown += showChar(char);
  return shown;
}

function showChar(char: string): string {
  if (!hidden.test(char)) return char;
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
