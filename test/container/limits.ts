/** What compose.yaml sets, and a laptop's cores. */
export const LOCKED_DOWN = [
  '--read-only',
  '--tmpfs=/tmp',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--memory=1769m',
  '--memory-swap=1769m',
  '--cpus=2',
] as const;
