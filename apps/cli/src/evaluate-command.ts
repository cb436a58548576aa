import { modelFolder } from '@kinemacolor/models/shipped-models';
import { formatTable } from '@kinemacolor/quality';
import { evaluateModel } from '@kinemacolor/training';
import { EXIT } from './exit-code.js';
import { checkOutput, writeOutput } from './output-file.js';
import { UsageError } from './usage-error.js';

/** What `kinemacolor evaluate` was told, as words. */
export interface EvaluateFlags {
  readonly tone?: readonly string[];
  readonly size?: readonly string[];
  readonly most: string;
  readonly sheet?: string;
  readonly output?: string;
  readonly json?: boolean;
}

/** `kinemacolor evaluate`: returns the exit code. @throws UsageError; TrainingError; ModelError; MediaError */
export async function evaluateCommand(model: string, target: string, flags: EvaluateFlags): Promise<number> {
  const { tone = [], size = [], most, sheet, output, json = false } = flags;
  if (output !== undefined) await checkOutput('-o', output);
  if (sheet !== undefined) await checkOutput('--sheet', sheet);
  const rows = await evaluateModel({
    model: modelFolder(model),
    target,
    tone,
    sizes: size.map((text) => positive('--size', text)),
    most: positive('--most', most),
    sheet,
  });
  // JSON knows no undefined: what there is no value for is null.
  const text = JSON.stringify(rows, (_, value: unknown) => (value === undefined ? null : value), 2) + '\n';
  if (output !== undefined) await writeOutput('-o', output, text);
  if (json) {
    process.stdout.write(text);
    return EXIT.OK;
  }
  process.stdout.write(formatTable(rows));
  if (rows.some(({ metrics }) => metrics.colourfulnessRatio === undefined)) {
    process.stdout.write(`${target} is grey: colourfulness has nothing to be compared with.\n`);
  }
  for (const { name, flicker, colourfulness } of rows) {
    if (flicker === undefined || colourfulness === undefined) continue;
    process.stdout.write(`${name}: flicker ${flicker.toFixed(3)} levels, colourfulness ${colourfulness.toFixed(1)}\n`);
  }
  return EXIT.OK;
}

function positive(flag: string, text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(`${flag} ${text} is not a whole number above 0.`);
}
