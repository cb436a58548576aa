import fluentFfmpeg from 'fluent-ffmpeg';

export interface CommandInput {
  /** What stands before `-i`. */
  readonly options: readonly string[];
  readonly url: string;
}

export interface CommandOutput {
  readonly options: readonly string[];
  readonly url: string;
}

export interface FfmpegCommand {
  readonly inputs: readonly CommandInput[];
  readonly filterGraph?: string | undefined;
  readonly outputs: readonly CommandOutput[];
  /** Descriptor that ffmpeg reports its progress to, by itself. */
  readonly progressDescriptor?: number;
}

/**
 * The arguments of one ffmpeg run. The only place that knows fluent-ffmpeg, and it is asked for arguments only: its
 * own way to start ffmpeg reads capability lists that newer versions print differently, and refuses what they can do.
 */
export function ffmpegArguments(command: FfmpegCommand): string[] {
  const builder = fluentFfmpeg();
  for (const input of command.inputs) builder.input(input.url).inputOptions(...input.options);
  if (command.filterGraph !== undefined) builder.complexFilter(command.filterGraph);
  for (const output of command.outputs) builder.output(output.url).outputOptions(...output.options);
  const progress =
    command.progressDescriptor === undefined
      ? []
      : ['-stats_period', '0.1', '-progress', `pipe:${command.progressDescriptor}`];
  const always = ['-hide_banner', '-nostdin', '-y', '-nostats', '-benchmark', '-loglevel', 'level+info'];
  return [...always, ...progress, ...builder._getArguments()];
}
