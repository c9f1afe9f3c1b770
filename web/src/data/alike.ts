/** Things that are the same but for a number in their names, as those of repeated blocks are. */
export interface Alike<T> {
  name: string;
  all: T[];
}

/** Groups things of one name and mark, where digits of names do not count; a thing alone keeps its name. */
export function alike<T>(
  things: Iterable<T>,
  nameOf: (thing: T) => string,
  markOf: (thing: T) => string,
): Alike<T>[] {
  const found = new Map<string, T[]>();
  for (const thing of things) {
    const name = nameOf(thing).replace(/\d+/g, "*");
    const key = `${name} ${markOf(thing)}`;
    const known = found.get(key);
    if (known) known.push(thing);
    else found.set(key, [thing]);
  }
  return [...found.values()].map((all) => ({ name: common(all.map(nameOf)), all }));
}

/** Names that differ in numbers only as one, with a star for each number that is not the same in all. */
function common(names: string[]): string {
  const parts = names.map((name) => name.split(/(\d+)/));
  return parts[0]!.map((part, i) => (parts.every((other) => other[i] === part) ? part : "*")).join("");
}
