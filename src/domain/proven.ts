/**
 * What the streaming method relies on and no double can prove. Whoever has seen one on a real host
 * enters it here and in docs/hyper-v-unverified.md, which a test holds together: then plans no longer ask.
 */

export const CLAIMS = [
  'recovery-checkpoints',
  'fence-by-rename',
  'import-without-snapshots',
  'virtual-tpm',
  'dynamic-mac',
] as const;

export type Claim = (typeof CLAIMS)[number];

/** On what and when a real host has shown it: `Windows Server 2022, 2027-01-31`. Absent: none has. */
export type Shown = Readonly<Partial<Record<Claim, string>>>;

export const SHOWN: Shown = {};
