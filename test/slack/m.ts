import { startSlackStandIn } from '../../src/lab/slack/stand-in.ts';
import { startBot } from '../../src/slack/app.ts';
import { fakeOperations } from './fake-operations.ts';
import { memoryRecords } from './memory-records.ts';
const slack = await startSlackStandIn();
const { addresses: a } = slack;
const opt = { tokens: { bot: a.botToken, app: a.appToken }, slackApiUrl: a.apiUrl, channel: 'C', operations: fakeOperations(), records: memoryRecords(), roles: { operators: ['U'], approvers: ['U'] }, log: (e, f) => console.log(e, f) };
const t = performance.now();
process.on('exit', () => console.log('exit after', performance.now() - t));
for (const tokens of [{ ...opt.tokens, [process.argv[2]]: 'xapp-wrong' }])
  await startBot({ ...opt, tokens }).catch((e) => console.log(e.code, e.facts));
await slack.stop();
setTimeout(() => console.log(process.getActiveResourcesInfo()), 1000).unref();
setTimeout(() => console.log(process.getActiveResourcesInfo()), 3000).unref();
