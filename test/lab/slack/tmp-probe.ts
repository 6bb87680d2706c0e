import { startSlackStandIn } from '../../../src/lab/slack/stand-in.ts';
import { startBot } from './bolt-bot.ts';
const realSetTimeout = globalThis.setTimeout;
const live = new Map();
(globalThis as any).setTimeout = (fn: any, ms: any, ...rest: any[]) => { const t: any = realSetTimeout((...a: any[]) => { live.delete(t); fn(...a); }, ms, ...rest); live.set(t, [ms, new Error().stack]); return t; };
const realClear = globalThis.clearTimeout;
(globalThis as any).clearTimeout = (t: any) => { live.delete(t); realClear(t); };
const mode = process.argv[2];
const standIn = await startSlackStandIn();
const bot = await startBot(standIn.addresses, () => undefined);
if (mode === 'cut') standIn.cutConnections();
if (mode === 'cutwait') { standIn.cutConnections(); await new Promise(r => realSetTimeout(r, 100)); }
await bot.stop(); 
console.log('bot stopped');
await standIn.stop();
console.log('stopped', process.getActiveResourcesInfo());
for (const [t, v] of live) if (t.hasRef?.()) console.log(v);
const at = Date.now();
process.on('exit', () => console.log(mode, 'exit after', Date.now() - at));
