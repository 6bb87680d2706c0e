/** A problem as others stored or sent it: from the store, a queue, another process. */

import { z } from 'zod';

const fact = z.union([z.string(), z.number(), z.boolean(), z.array(z.string()).readonly()]);

/** What is read as a `ProblemRecord`; a code that nobody knows is shown as it is. */
export const problemSchema = z.object({ code: z.string(), facts: z.record(z.string(), fact) });
