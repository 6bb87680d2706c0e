import { describe, expect, it } from '@jest/globals';
import { Problem, Verdict } from '../../src/domain/problem.ts';
import { type Asking, ask, MESSAGE_BYTES_MAX } from '../../src/stream/questions.ts';
import { answering } from './answering.ts';
import { recordingListener, stranger, target } from './link-fixture.ts';

/** Answers every connection with these bytes, whatever was asked. */
async function replying(bytes: string | Buffer): Promise<Asking> {
  const listener = await recordingListener({
    onQuestion: (socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', () => socket.end(bytes));
    },
  });
  return { identity: target, peer: listener.peer, timeoutSeconds: 5 };
}

const http = (body: string, more = '') =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${more}connection: close\r\n\r\n${body}`;

describe('a question', () => {
  it('is answered by the handler of its name, which knows who asks', async () => {
    const { asking } = await answering({
      echo: async (body, peer) => ({ body, peer }),
      other: async () => 'other',
    });
    const body = { text: 'ä 😀 \u2028', list: [1, null, true] };
    expect(await ask(asking, 'echo', body)).toEqual({
      body,
      peer: { publicKey: target.publicKey },
    });
    expect(await ask(asking, 'other', undefined)).toBe('other');
  });

  it('may have nothing to say and get nothing back', async () => {
    const { asking } = await answering({
      nothing: async (body) => (body === null ? undefined : 1),
    });
    expect(await ask(asking, 'nothing', undefined)).toBeNull();
  });

  it('may be asked by many at once', async () => {
    const { asking } = await answering({ double: async (body) => Number(body) * 2 });
    const answers = Array.from({ length: 20 }, (_, index) => ask(asking, 'double', index));
    expect(await Promise.all(answers)).toEqual(answers.map((_, index) => index * 2));
  });

  it('of the largest size is asked and answered', async () => {
    const { asking } = await answering({ echo: async (body) => String(body).slice(100) });
    const text = 'x'.repeat(MESSAGE_BYTES_MAX - 2);
    expect(await ask(asking, 'echo', text)).toBe(text.slice(100));
  });

  it('that is too large is not sent', async () => {
    const { asking } = await answering({ echo: async (body) => body });
    const text = 'x'.repeat(MESSAGE_BYTES_MAX - 1);
    await expect(ask(asking, 'echo', text)).rejects.toMatchObject({
      name: 'Verdict',
      code: 'question-too-large',
      facts: { question: 'echo', bytesMax: MESSAGE_BYTES_MAX },
    });
  });

  it('nobody knows is a verdict, also when its name is every object’s', async () => {
    const { asking, bugs } = await answering({ echo: async (body) => body });
    for (const question of ['nothing', 'toString', '__proto__', ''])
      await expect(ask(asking, question, 1)).rejects.toMatchObject({
        name: 'Verdict',
        code: 'question-unknown',
        facts: { question },
      });
    expect(bugs).toEqual([]);
  });
});

describe('a handler', () => {
  it('that throws a Problem or a Verdict throws it at the asker', async () => {
    const facts = { host: 'hv-b', epoch: 4, known: false, files: ['a', 'b'] };
    const { asking, bugs } = await answering({
      problem: async () => {
        throw new Problem('epoch-too-low', facts);
      },
      verdict: async () => {
        throw new Verdict('journal-diverged', facts);
      },
    });
    const problem = await ask(asking, 'problem', 1).catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).not.toBeInstanceOf(Verdict);
    expect(problem).toMatchObject({ code: 'epoch-too-low', facts });
    const verdict = await ask(asking, 'verdict', 1).catch((error: unknown) => error);
    expect(verdict).toBeInstanceOf(Verdict);
    expect(verdict).toMatchObject({ code: 'journal-diverged', facts });
    expect(bugs).toEqual([]);
  });

  it('with a bug tells both sides', async () => {
    const broken = new TypeError('x is undefined');
    const { asking, bugs } = await answering({
      broken: async () => {
        throw broken;
      },
      unsayable: async () => 1n,
    });
    await expect(ask(asking, 'broken', 1)).rejects.toMatchObject({
      code: 'bug',
      facts: { message: expect.stringContaining('x is undefined') },
    });
    await expect(ask(asking, 'unsayable', 1)).rejects.toMatchObject({ code: 'bug' });
    expect(bugs).toEqual([
      ['broken', broken],
      ['unsayable', expect.anything()],
    ]);
  });

  it('whose answer is too large says so', async () => {
    const { asking } = await answering({ all: async () => 'x'.repeat(MESSAGE_BYTES_MAX) });
    await expect(ask(asking, 'all', 1)).rejects.toMatchObject({
      name: 'Verdict',
      code: 'answer-too-large',
      facts: { question: 'all', bytesMax: MESSAGE_BYTES_MAX },
    });
  });
});

describe('an asker', () => {
  it('that is not enrolled is not heard', async () => {
    const heard: unknown[] = [];
    const { asking, refusals } = await answering({ echo: async (body) => heard.push(body) });
    await expect(ask({ ...asking, identity: stranger }, 'echo', 1)).rejects.toMatchObject({
      name: 'Problem',
      code: 'peer-hung-up',
      facts: { ...asking.peer.address, question: 'echo' },
    });
    expect(heard).toEqual([]);
    expect(refusals).toEqual([`unknown key ${stranger.publicKey}`]);
  });

  it('does not ask whoever holds another key', async () => {
    const heard: unknown[] = [];
    const { asking } = await answering({ echo: async (body) => heard.push(body) });
    const peer = { ...asking.peer, publicKey: stranger.publicKey };
    await expect(ask({ ...asking, peer }, 'echo', 1)).rejects.toMatchObject({
      name: 'Verdict',
      code: 'peer-wrong-key',
    });
    expect(heard).toEqual([]);
  });

  it('gives up on a host that does not answer in time', async () => {
    const { asking } = await answering({ never: () => new Promise(() => {}) });
    await expect(ask({ ...asking, timeoutSeconds: 0.3 }, 'never', 1)).rejects.toMatchObject({
      name: 'Problem',
      code: 'peer-silent',
      facts: { ...asking.peer.address, question: 'never', timeoutSeconds: 0.3 },
    });
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const { asking } = await answering({
      never: () => {
        controller.abort(reason);
        return new Promise(() => {});
      },
    });
    await expect(ask({ ...asking, signal: controller.signal }, 'never', 1)).rejects.toBe(reason);
  });

  it('refuses what is no answer', async () => {
    const odd = [
      http('nonsense'),
      http('{}'),
      http('{"result":"answered"}'),
      http('{"result":"problem","problem":{"code":"x","facts":{"a":{}}},"isVerdict":false}'),
      http('{"result":"problem","problem":{"code":7,"facts":{}},"isVerdict":true}'),
      'HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n',
    ];
    for (const bytes of odd)
      await expect(ask(await replying(bytes), 'any', 1)).rejects.toMatchObject({
        code: 'answer-malformed',
        facts: { question: 'any' },
      });
  });

  it('reads no more than the largest answer, whatever length was announced', async () => {
    const body = JSON.stringify({ result: 'answer', answer: 'x'.repeat(MESSAGE_BYTES_MAX) });
    for (const more of ['', `content-length: ${body.length}\r\n`])
      await expect(ask(await replying(http(body, more)), 'any', 1)).rejects.toMatchObject({
        code: 'answer-too-large',
      });
  });

  it('says when the peer hangs up before or within its answer', async () => {
    for (const bytes of ['', 'SSH-2.0\r\n', http('{"res', 'content-length: 500\r\n')])
      await expect(ask(await replying(bytes), 'any', 1)).rejects.toMatchObject({
        code: 'peer-hung-up',
      });
  });
});
