import path from 'node:path';

const taken = new Set<string>();

/**
 * tfjs-node gives two models of one folder name the same session, with the graph and the variables of the first, although
 * the folder may hold another program by now. So each open program has a name of the folder to itself: as many `/.` at
 * its end as it takes.
 * @returns the name, to be given back with {@link returnName} when the program is disposed
 */
export function takeName(folder: string): string {
  let name = path.resolve(folder);
  while (taken.has(name)) name += '/.';
  taken.add(name);
  return name;
}

export function returnName(name: string): void {
  taken.delete(name);
}
