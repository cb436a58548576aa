import { Command } from 'commander';
import { colorizeCommand, type ColorizeFlags } from './colorize-command.js';
import { colorizeSettings } from './colorize-settings.js';
import { extractCommand, type ExtractFlags } from './dataset-command.js';
import { doctorCommand } from './doctor-command.js';
import type { EvaluateFlags } from './evaluate-command.js';
import { EXIT } from './exit-code.js';
import { exportModelCommand, type ExportFlags } from './export-model-command.js';
import { featuresCommand, type FeaturesFlags } from './features-command.js';
import { averageModelsCommand, importModelCommand, listModelsCommand, widenModelCommand } from './models-command.js';
import { publishModelCommand, publishSettings } from './publish-command.js';
import { serveCommand } from './serve-command.js';
import { serveSettings } from './serve-settings.js';
import { addServiceCommands } from './service-commands.js';
import type { TrainFlags } from './train-command.js';

const EXIT_CODES = `
Exit codes: 0 done; 1 failed; 2 wrong arguments; 3 input missing; 4 input of no known kind; 5 input cut short or damaged;
6 output cannot be written; 7 disk full; 8 model missing or damaged; 9 something is not set up (see doctor);
10 the service is away; 11 the service refuses (token, limit);
129, 130, 143 stopped (terminal closed, Ctrl-C, SIGTERM).`;

/** The command line. @param finish takes the exit code of the command that ran */
export function buildProgram(finish: (code: number) => void): Command {
  const program = new Command('kinemacolor')
    .description('Black-and-white film in, colour film out.')
    .version('0.1.0')
    .showHelpAfterError('(kinemacolor --help tells more)')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? EXIT.OK : EXIT.USAGE);
    });

  const colorize = program
    .command('colorize')
    .description('colour films, pictures, folders of them, or a stream (-)')
    .argument('<in...>', 'films, pictures, folders, or - for standard input')
    .requiredOption('-o, --output <out>', 'file or folder, or - for standard output (Matroska)')
    .option('--compare <file>', 'also make a side-by-side: a video, or a picture when FILE is .png or .jpg')
    .option('--resume', 'go on where an interrupted run stopped')
    .option('--salvage', 'colour what can be read of a truncated film')
    .option('--trace', 'tell at the end where the time of the frames went, stage by stage')
    .option('--trace-file <file>', 'write where each frame was when, for ui.perfetto.dev and chrome://tracing')
    .option('--json', 'print a summary for programs on standard output')
    .option('--quiet', 'no progress, errors only')
    .addHelpText('after', EXIT_CODES);
  for (const { flags, description } of colorizeSettings.options()) colorize.option(flags, description);
  colorize.action(async (inputs: string[], all: ColorizeFlags & Record<string, unknown>) => {
    const { output, compare, resume, salvage, trace, traceFile, json, quiet, ...settings } = all;
    const flags = { output, compare, resume, salvage, trace, traceFile, json, quiet };
    finish(await colorizeCommand(inputs, flags as ColorizeFlags, settings));
  });

  const serve = program
    .command('serve')
    .description('run everything as a service on this machine, until Ctrl-C: clients submit films to it')
    .addHelpText('after', EXIT_CODES);
  for (const { flags, description } of serveSettings.options()) serve.option(flags, description);
  serve.action(async (flags: Record<string, unknown>) => { finish(await serveCommand(flags)); }); // prettier-ignore

  addServiceCommands(program, { finish, exitCodes: EXIT_CODES });

  program
    .command('doctor')
    .description('tell what is set up on this machine and what is not')
    .option('--json', 'for programs')
    .action(async (flags: { json?: boolean }) => { finish(await doctorCommand(flags)); }); // prettier-ignore

  const models = program.command('models').description('the models on this machine');
  models
    .command('list')
    .description('shipped models')
    .action(async () => { finish(await listModelsCommand()); }); // prettier-ignore
  models
    .command('import')
    .description('turn a public PyTorch CycleGAN generator (resnet_6blocks, resnet_9blocks) into a model folder')
    .argument('<checkpoint>', 'a .pth file')
    .requiredOption('-o, --output <folder>', 'folder of the new model')
    .action(async (file: string, { output }: { output: string }) => { finish(await importModelCommand(file, output)); }); // prettier-ignore
  models
    .command('average')
    .description('the mean of models that went on from the same weights: often better than each of them')
    .argument('<models...>', 'shipped models by name, or the folders of others; of one width and number of blocks')
    .requiredOption('-o, --output <folder>', 'folder of the new model')
    .option('--weights <list>', 'how much each counts, as in 1,0.7 (default: all alike)')
    .action(async (sources: string[], { output, weights }: { output: string; weights?: string }) => { finish(await averageModelsCommand(sources, output, weights)); }); // prettier-ignore
  models
    .command('widen')
    .description('a model of twice the width that paints as this one does, to be trained on from there')
    .argument('<model>', 'a shipped model by name, or the folder of any other')
    .requiredOption('-o, --output <folder>', 'folder of the new model')
    .option('--noise <share>', 'how far the two copies of a channel differ (default: 0.15)')
    .action(async (model: string, { output, noise }: { output: string; noise?: string }) => { finish(await widenModelCommand(model, output, noise)); }); // prettier-ignore
  const publish = models
    .command('publish')
    .description(
      'put a model into the store of running services: new shots are painted with it once it was found to work',
    )
    .argument('<model>', 'a shipped model by name, or the folder of any other')
    .option('--name <name>', "under which jobs ask for it (default: the card's)");
  for (const { flags, description } of publishSettings.options()) publish.option(flags, description);
  publish.action(async (model: string, { name, ...flags }: { name?: string }) => { finish(await publishModelCommand(model, name === undefined ? {} : { name }, flags)); }); // prettier-ignore
  models
    .command('features')
    .description('tell where the published networks come from that training begins with or looks through')
    .option('--verify <path>', 'compare a folder of darknet-tiny, or a file of EfficientNet-Lite0 (by its name) or VGG16, with the published one')
    .action(async (flags: FeaturesFlags) => { finish(await featuresCommand(flags)); }); // prettier-ignore
  models
    .command('export')
    .description('write a model for other engines (saved-model) or for colorize, with a card (kinemacolor)')
    .argument('<model>', 'a shipped model by name, or the folder of any other')
    .argument('<folder>', 'new folder, or one of an earlier export')
    .option('--format <format>', 'saved-model or kinemacolor', 'saved-model')
    .option('--size <WIDTHxHEIGHT>', "saved-model: pixels, multiples of 4 (default: 16:9 at the model's own render size)")
    .option('--batch <count>', 'saved-model: pictures at once (default: 1)')
    .option('--precision <precision>', 'saved-model: fp32 or bf16 (default: fp32)')
    .option('--half', 'kinemacolor: weights in half precision, half the size')
    .option('--metrics <file>', 'kinemacolor: what "evaluate --json" printed, for the card')
    .option('--card <file>', 'kinemacolor: Markdown for the card, under ## Data, ## Recipe, ## Failures')
    .action(async (model: string, folder: string, flags: ExportFlags) => { finish(await exportModelCommand(model, folder, flags)); }); // prettier-ignore

  program
    .command('train')
    .description('train networks by a preset or a config file, or go on where a run was stopped')
    .option('--preset <name>', 'tiny (two minutes), kinemacolor (what is shipped) or seed (the progressive CycleGAN)')
    .option('--config <file>', 'everything in one file; --print-config shows what it may hold')
    .option('--bw <folder...>', 'black-and-white pictures: only preset seed learns from them')
    .option('--color <folder...>', 'colour pictures: JPEG, PNG or WebP in the folder itself')
    .option('--validation <folder>', 'colour pictures to measure on after each epoch (default: every 20th of --color)')
    .option('--clip <film>', 'measure flicker on its first frames, too')
    .option('--features <path>', 'weights of the feature network (see models features)')
    .option('-o, --output <folder>', 'folder of the run (default: runs/PRESET)')
    .option('--stages <range>', 'only these stages, as 2 or 1-2')
    .option('--print-config', 'print the whole configuration and end')
    .option('--quiet', 'no progress')
    .addHelpText('after', EXIT_CODES)
    .action(async (flags: TrainFlags) => {
      // Only this command and the next need the engine in the main thread.
      const { trainCommand } = await import('./train-command.js');
      finish(await trainCommand(flags));
    });

  program
    .command('evaluate')
    .description('metrics of a model on a folder of pictures or a film, beside the grey and tone baselines')
    .argument('<model>', 'a shipped model by name, or the folder of any other')
    .argument('<target>', 'folder of colour pictures, or a film')
    .option('--tone <folder...>', 'colour pictures that the tone baseline is fitted on')
    .option('--size <pixels...>', "short side at which the model sees (default: the model's own)")
    .option('--most <count>', 'most pictures, or frames from the beginning', '200')
    .option('--sheet <file>', 'a picture to look at: input, output, truth')
    .option('-o, --output <file>', 'the rows as JSON')
    .option('--json', 'the rows as JSON on standard output')
    .addHelpText('after', EXIT_CODES)
    .action(async (model: string, target: string, flags: EvaluateFlags) => {
      const { evaluateCommand } = await import('./evaluate-command.js');
      finish(await evaluateCommand(model, target, flags));
    });

  const dataset = program.command('dataset').description('training pictures');
  dataset
    .command('extract')
    .description('take pictures out of a film: spread over its shots, without bars, black frames, titles and repeats')
    .argument('<film>', 'a film')
    .requiredOption('-o, --output <folder>', 'new or empty folder')
    .option('--every <count>', 'consider every so many-th frame', '3')
    .option('--size <pixels>', 'short side of the pictures; a smaller film keeps its size', '512')
    .option('--per-shot <count>', 'most pictures of one shot, spread over it (default: all)')
    .option('--quality <number>', 'of the JPEGs, 1 to 100', '92')
    .option('--salvage', 'take what can be read of a truncated film')
    .option('--force', 'replace an earlier extraction')
    .option('--json', 'print a summary for programs on standard output')
    .option('--quiet', 'no progress, errors only')
    .addHelpText('after', EXIT_CODES)
    .action(async (film: string, flags: ExtractFlags) => { finish(await extractCommand(film, flags)); }); // prettier-ignore
  return program;
}
