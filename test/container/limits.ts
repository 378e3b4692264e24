/** The limits of compose.yaml, with two CPUs. */
export const LOCKED_DOWN = [
  '--read-only',
  '--tmpfs=/tmp',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--memory=1769m',
  '--memory-swap=1769m',
  '--cpus=2',
] as const;
