/**
 * `ferry …`: every process and every command begins here. Node keeps what it makes of our files, which
 * is half of a command's start; it looks at each file's content before it uses what it kept. This one is
 * plain JavaScript, as it comes too early to be kept: Node would load its TypeScript for it alone.
 */

import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Beside the code, where nobody else may write. Where we may not either, nothing is kept.
const { directory } = enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/ferry'));
// For the processes that are started from here.
if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= join(directory, '..');
const { runCommand } = await import('./cli/main.ts');
await runCommand(process.argv.slice(2));
