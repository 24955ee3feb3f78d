/** `1 ban`, `2 bans`: how many of what, for people. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
