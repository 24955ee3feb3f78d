/**
 * Which states of an automaton lie in circles together.
 */

/** The strongly connected parts of the graph that `start` reaches, each before those that lead to it. */
export function components(start: number, next: (node: number) => Iterable<number>): number[][] {
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const open: number[] = [];
  const isOpen = new Set<number>();
  const out: number[][] = [];
  const work: { node: number; rest: Iterator<number> }[] = [];
  const enter = (node: number) => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    open.push(node);
    isOpen.add(node);
    work.push({ node, rest: next(node)[Symbol.iterator]() });
  };
  const lower = (node: number, to: number) => low.set(node, Math.min(low.get(node) ?? to, to));
  enter(start);
  for (let top = work.at(-1); top !== undefined; top = work.at(-1)) {
    const { node, rest } = top;
    const step = rest.next();
    if (step.done !== true) {
      if (!index.has(step.value)) enter(step.value);
      else if (isOpen.has(step.value)) lower(node, index.get(step.value) ?? 0);
      continue;
    }
    work.pop();
    const parent = work.at(-1);
    if (parent !== undefined) lower(parent.node, low.get(node) ?? 0);
    if (low.get(node) !== index.get(node)) continue;
    const part = open.splice(open.lastIndexOf(node));
    for (const one of part) isOpen.delete(one);
    out.push(part);
  }
  return out;
}
