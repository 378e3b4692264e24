import type { Protocol } from '../load/protocol.ts';

/** A process that listens on the given port, or a container of the image `resnet50`. */
export type Launch =
  | {
      readonly kind: 'process';
      readonly command: string;
      readonly args: (port: number) => readonly string[];
      readonly cwd: string;
      readonly environment: (port: number) => Readonly<Record<string, string>>;
    }
  | { readonly kind: 'container'; readonly environment: (port: number) => Readonly<Record<string, string>> };

/** A server under measurement. */
export interface Subject {
  readonly id: string;
  readonly title: string;
  readonly protocol: Exclude<Protocol, 'form-batch'>;
  readonly launch: Launch;
}
