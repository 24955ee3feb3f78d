/** Why a regular expression cannot be translated: thrown within this folder, returned to its caller. */

export class Problem extends Error {
  readonly construct: string;
  readonly index: number;
  readonly wayOut: string;

  constructor(construct: string, index: number, wayOut: string) {
    super(construct);
    this.construct = construct;
    this.index = index;
    this.wayOut = wayOut;
  }
}

/** Python itself does not accept it. */
export function notPython(reason: string, index: number): Problem {
  return new Problem(reason, index, "Python does not accept this pattern either: correct it");
}
