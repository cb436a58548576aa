import { progressDisplay, type ProgressDisplay, type ShownProgress } from './progress-display.js';

/** Shows work that counts its frames anew in each phase: a bar or a series of lines for each. */
export function phasedDisplay(name: string, { quiet }: { quiet: boolean }): ProgressDisplay {
  let shown: { readonly phase: ShownProgress['phase']; readonly display: ProgressDisplay } | undefined;
  return {
    onProgress: (progress) => {
      if (shown?.phase !== progress.phase) {
        shown?.display.stop();
        shown = { phase: progress.phase, display: progressDisplay(name, { quiet }) };
      }
      shown.display.onProgress(progress);
    },
    stop: () => {
      shown?.display.stop();
      shown = undefined;
    },
  };
}
