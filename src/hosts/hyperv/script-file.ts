/** Where the scripts lie that PowerShell runs for us. */

import { join } from 'node:path';

/** The path of `scripts/NAME.ps1`. */
export const scriptFile = (name: string): string =>
  join(import.meta.dirname, 'scripts', `${name}.ps1`);
