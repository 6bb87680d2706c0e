/** Arguments of a request, from the content types that Slack takes. */

import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';
import { rowOf } from './table.ts';

const BODY_BYTES_MAX = 4 * 1_048_576;
/** What a form puts around the file in it. */
const FORM_BYTES_MAX = 65_536;
/** Fields that clients send as JSON inside a form. */
const NESTED: Readonly<Record<string, string>> = {
  blocks: 'invalid_blocks_format',
  metadata: 'invalid_metadata_format',
  view: 'invalid_arguments',
  attachments: 'invalid_attachments',
  files: 'invalid_arguments',
};

export type Fields = Readonly<Record<string, unknown>>;

/** @throws Refusal `request_too_large`, `invalid_form_data`, `json_not_object`, … */
export async function readFields(request: IncomingMessage): Promise<Fields> {
  const body = await readBody(request, BODY_BYTES_MAX);
  const contentType = request.headers['content-type'] ?? 'application/x-www-form-urlencoded';
  if (body.length === 0) return {};
  if (contentType.startsWith('application/json')) return withNested(jsonObjectOf(body));
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    return withNested(Object.fromEntries(new URLSearchParams(body.toString('utf8'))));
  }
  if (contentType.startsWith('multipart/form-data')) {
    return withNested(await formOf(body, contentType));
  }
  throw new Refusal('invalid_post_type');
}

/** The content of an upload: the body itself, or the only file of a form. @throws Refusal */
export async function readContent(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const body = await readBody(request, bytesMax + FORM_BYTES_MAX);
  const contentType = request.headers['content-type'] ?? '';
  if (!contentType.startsWith('multipart/form-data')) return body;
  const [content] = Object.values(await formOf(body, contentType));
  if (content instanceof Blob) return Buffer.from(await content.arrayBuffer());
  return Buffer.from(content ?? '');
}

async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > bytesMax) throw new Refusal('request_too_large');
    chunks.push(buffer);
  }
  return Buffer.concat(chunks);
}

function jsonObjectOf(body: Buffer): Fields {
  const value = parse(body.toString('utf8'), 'invalid_json');
  if (typeof value !== 'object' || value === null) throw new Refusal('json_not_object');
  return { ...value };
}

async function formOf(
  body: Buffer,
  contentType: string,
): Promise<Readonly<Record<string, string | File>>> {
  const headers = { 'content-type': contentType };
  const response = new Response(new Uint8Array(body), { headers });
  try {
    return Object.fromEntries(await response.formData());
  } catch (cause) {
    throw new Refusal('invalid_form_data', {}, { cause });
  }
}

function withNested(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const error = rowOf(NESTED, name);
      return [name, error && typeof value === 'string' ? parse(value, error) : value];
    }),
  );
}

function parse(text: string, error: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Refusal(error, {}, { cause });
  }
}
