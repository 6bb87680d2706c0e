/** Runs the schedules that it is given as JSON and answers what each violated, as JSON. */

import { simulate } from './run.ts';
import type { Schedule } from './schedule.ts';

const schedules = JSON.parse(process.argv[2] ?? '[]') as Schedule[];
const violations: (readonly string[])[] = [];
for (const schedule of schedules) violations.push((await simulate(schedule)).violations);
console.log(JSON.stringify(violations));
