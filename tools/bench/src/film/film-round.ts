import { childrenCpuSeconds } from '../children-cpu.js';
import { colorizeByCommand } from '../kinemacolor-command.js';
import { floorSeconds, measurePart, type PartInputs, type PartName, PARTS } from './part-cost.js';

/** What one round measured; seconds, by the names of the table's columns. */
export interface FilmRound {
  /** Each part alone, what that makes the floor, and the command. */
  readonly command: Readonly<Record<'floor s' | 'wall s', number>> & Readonly<Record<string, number>>;
  /** The same CPU seconds as the command counts them in itself, and what is left over. */
  readonly inside: Readonly<Record<string, number>>;
  readonly tensorflow: string;
}

/** The parts alone, one after the other, then the command. */
export async function filmRound(inputs: PartInputs, output: string, cores: number): Promise<FilmRound> {
  const costs = [];
  for (const part of PARTS) costs.push(await measurePart(part, inputs));
  const alone = costs.map((cost, i) => [columnOf(PARTS[i]!), cost.ffmpegCpuSeconds + cost.ownCpuSeconds]);

  const before = childrenCpuSeconds();
  const { summary, wallSeconds } = await colorizeByCommand({ input: inputs.film, output, model: inputs.model });
  const all = childrenCpuSeconds() - before;
  const stages = summary.results[0]?.stages ?? {};
  const stage = (name: string): number => stages[name]?.cpuSeconds ?? NaN;
  const inside = [stage('decode'), stage('colorize'), stage('encode')] as const;
  return {
    command: {
      ...(Object.fromEntries(alone) as Record<string, number>),
      'floor s': floorSeconds(costs, cores),
      'wall s': wallSeconds,
      'all CPU s': all,
    },
    inside: {
      [columnOf('decode')]: inside[0],
      [columnOf('generator')]: inside[1],
      [columnOf('encode')]: inside[2],
      'other CPU s': all - inside[0] - inside[1] - inside[2],
      'all CPU s': all,
    },
    tensorflow: summary.device.tensorflow,
  };
}

const columnOf = (part: PartName): string => `${part} CPU s`;
