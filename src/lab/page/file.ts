/** A file of the channel, for a person who sees its message. It is downloaded, never shown as a page. */

import type { ServerResponse } from 'node:http';
import { Problem } from '../../domain/problem.ts';
import type { Lab } from '../machine.ts';
import { isSeenBy } from './live.ts';

/** @throws {Problem} lab-page-no-file */
export async function sendFile(
  { slack, slackAddress }: Lab,
  { person, id }: { person: string; id: string },
  response: ServerResponse,
): Promise<void> {
  const { messages } = await slack.changes(0);
  const file = messages
    .filter((message) => !message.isDeleted && isSeenBy(person, message))
    .flatMap(({ files }) => files)
    .find((one) => one.id === id);
  if (!file) throw new Problem('lab-page-no-file', { file: id });
  const answer = await fetch(file.url, {
    headers: { authorization: `Bearer ${slackAddress.controlToken}` },
  });
  if (!answer.ok) throw new Problem('lab-page-no-file', { file: id });
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
  });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
