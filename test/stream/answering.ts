/** A source that answers questions, and a target that asks it. */

import { type Asking, type Handler, questionServer } from '../../src/stream/questions.ts';
import { type Recorded, recordingListener, target } from './link-fixture.ts';

export async function answering(
  handlers: Record<string, Handler>,
): Promise<Recorded & { asking: Asking; bugs: unknown[] }> {
  const bugs: unknown[] = [];
  const onQuestion = questionServer(handlers, (question, error) => bugs.push([question, error]));
  const listener = await recordingListener({ onQuestion });
  return {
    ...listener,
    asking: { identity: target, peer: listener.peer, timeoutSeconds: 5 },
    bugs,
  };
}
