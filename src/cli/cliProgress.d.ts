/** What is used of cli-progress, which brings no types of its own. */
declare module "cli-progress" {
  export interface Preset {
    barCompleteChar: string;
    barIncompleteChar: string;
    format: string;
  }
  export interface Options {
    format?: string;
    stream?: NodeJS.WritableStream;
    clearOnComplete?: boolean;
    hideCursor?: boolean;
  }
  export const Presets: { shades_classic: Preset };
  export class SingleBar {
    constructor(options: Options, preset?: Preset);
    start(total: number, startValue: number, payload?: object): void;
    setTotal(total: number): void;
    update(current: number, payload?: object): void;
    stop(): void;
  }
}
