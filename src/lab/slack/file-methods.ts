/** The Web API methods of files, in the three steps of `filesUploadV2`; the second is an upload. */

import { z } from 'zod';
import { contentOf } from './message-rules.ts';
import {
  type Answer,
  type Args,
  type Method,
  memberOf,
  threadOf,
  type Workspace,
} from './methods.ts';
import { Refusal } from './refusal.ts';
import { APP } from './workspace.ts';

const FILES_MAX = 10;

const FILE = { token: 'bot', scope: 'files:write', tier: 4 } as const;

export const FILE_METHODS: Readonly<Record<string, Method>> = {
  'files.getUploadURLExternal': {
    ...FILE,
    answer: ({ filename, length }, { files, uploadUrl }) => {
      const { id } = files.reserve(String(filename ?? ''), Number(length));
      return { upload_url: `${uploadUrl}${id}`, file_id: id };
    },
  },
  'files.completeUploadExternal': { ...FILE, answer: completeUpload },
};

const filesSchema = z
  .array(z.object({ id: z.string(), title: z.string().optional() }))
  .min(1)
  .max(FILES_MAX);

function completeUpload(args: Args, workspace: Workspace): Answer {
  const parsed = filesSchema.safeParse(args.files);
  if (!parsed.success) throw new Refusal('invalid_arguments');
  const { channel } = workspace.room;
  const isShared = args.channel_id !== undefined;
  const place = isShared ? memberOf({ channel: args.channel_id }, workspace) : undefined;
  const threadTs = place ? threadOf(args, place, channel) : undefined;
  const text = typeof args.initial_comment === 'string' ? args.initial_comment : '';
  const isBare = text === '' && args.blocks === undefined;
  const content = isBare ? { text } : contentOf({ text, blocks: args.blocks });
  const files = parsed.data.map(({ id, title }) => workspace.files.complete(id, title));
  const author = APP.userId;
  if (place)
    channel.post({ ...content, kind: 'message', author, channel: place.id, threadTs, files });
  return { files: files.map(({ url, ...file }) => ({ ...file, url_private: url })) };
}
