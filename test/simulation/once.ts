import { simulate } from './run.ts';
import { CALM } from './schedule.ts';
const s = process.argv[2] ? JSON.parse(process.argv[2]) : {};
const r = await simulate({ ...CALM, ...s });
console.log(r.trace.join('\n'));
console.log(r.outcome, r.violations);
