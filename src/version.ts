/** Which Ferry this is, and the Node that it needs: from package.json, which is shipped with it. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';

const schema = z.object({
  version: z.string(),
  engines: z.object({ node: z.templateLiteral(['>=', z.string()]) }),
});
const read = schema.parse(
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')),
);

/** Bot and workers should be of the same one: the lists of steps are stored data. */
export const VERSION = read.version;
/** The lowest version of Node, for example `24.12`. */
export const NODE_WANTED = read.engines.node.slice('>='.length);
