/** Uploaded files: reserved, uploaded, shown by a message. On disk when there is a directory. */

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { FILE_BYTES_MAX, type LabFile } from './message.ts';
import { Refusal } from './refusal.ts';
import { keep, rowOf } from './table.ts';

const NAME_CHARACTERS_MAX = 255;
/** Contents kept in memory when there is no directory. */
const CONTENTS_MAX = 100;

const MIMETYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.json': 'application/json',
  '.jsonl': 'text/plain',
  '.log': 'text/plain',
  '.md': 'text/markdown',
  '.png': 'image/png',
  '.txt': 'text/plain',
};

interface Upload {
  readonly file: LabFile;
  readonly isUploaded: boolean;
}

interface FilesOptions {
  readonly directory: string | undefined;
  /** Where files are read, with the slash at the end. */
  readonly url: string;
}

export class Files {
  readonly #uploads = new Map<string, Upload>();
  readonly #contents = new Map<string, Buffer>();
  readonly #directory: string | undefined;
  readonly #url: string;

  constructor({ directory, url }: FilesOptions) {
    this.#directory = directory === undefined ? undefined : join(directory, 'files');
    this.#url = url;
    if (this.#directory !== undefined) mkdirSync(this.#directory, { recursive: true });
  }

  /** A place for so many bytes. @throws Refusal */
  reserve(name: string, bytes: number): LabFile {
    if (name === '' || name.length > NAME_CHARACTERS_MAX) throw new Refusal('invalid_arguments');
    if (!Number.isInteger(bytes) || bytes < 1) throw new Refusal('invalid_arguments');
    if (bytes > FILE_BYTES_MAX) throw new Refusal('file_upload_size_restricted');
    const id = `F${randomBytes(5).toString('hex').toUpperCase()}`;
    const mimetype = rowOf(MIMETYPES, extname(name).toLowerCase()) ?? 'application/octet-stream';
    const url = `${this.#url}${id}/${encodeURIComponent(name)}`;
    const file = { id, name, title: name, mimetype, size: bytes, url };
    keep(this.#uploads, id, { file, isUploaded: false });
    return file;
  }

  /** @throws Refusal */
  upload(id: string, content: Buffer): void {
    const upload = this.#uploads.get(id);
    if (!upload || upload.isUploaded) throw new Refusal('file_not_found');
    if (content.length !== upload.file.size) throw new Refusal('file_length_mismatch');
    keep(this.#uploads, id, { ...upload, isUploaded: true });
    if (this.#directory !== undefined) {
      writeFileSync(join(this.#directory, id), content);
      return;
    }
    this.#contents.set(id, content);
    for (const oldest of this.#contents.keys()) {
      if (this.#contents.size <= CONTENTS_MAX) return;
      this.#contents.delete(oldest);
    }
  }

  /** The file as messages show it; each can be shown once. @throws Refusal */
  complete(id: string, title?: string): LabFile {
    const upload = this.#uploads.get(id);
    if (!upload?.isUploaded) throw new Refusal('file_not_found');
    this.#uploads.delete(id);
    return { ...upload.file, title: title ?? upload.file.title };
  }

  read(id: string): Buffer | undefined {
    if (this.#directory === undefined) return this.#contents.get(id);
    // An id from outside never becomes another path.
    const path = join(this.#directory, id);
    return /^F[0-9A-F]+$/.test(id) && existsSync(path) ? readFileSync(path) : undefined;
  }
}
