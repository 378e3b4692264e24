import { startActivity } from '../lib/command/activity.ts';

/** Announces a step of a run. @param options.isQuiet false if another program prints meanwhile. @default true */
export type Announce = (name: string, options?: { readonly isQuiet: boolean }) => void;

let shown: Disposable | undefined;

/** Prints the name of a step, and for how long it goes on if this is a terminal and nothing else prints. */
export const step: Announce = (name, { isQuiet } = { isQuiet: true }) => {
  endStep();
  console.log(`== ${name} (${Math.round(process.uptime())} s)`);
  shown = isQuiet ? startActivity(name) : undefined;
};

export function endStep(): void {
  shown?.[Symbol.dispose]();
  shown = undefined;
}
