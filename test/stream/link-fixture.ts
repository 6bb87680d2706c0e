/** Keys with certificates and a listener that records what happens, for tests of the link. */

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { type Listening, type ListenOptions, listen, type Peer } from '../../src/stream/link.ts';
import { selfSignedCertificate } from '../../src/trust/certificate.ts';
import { closeAfterTest } from '../close-after-test.ts';

export interface TestIdentity {
  readonly publicKey: string;
  readonly privateKeyPem: string;
  readonly certificatePem: string;
}

export function newIdentity(name: string): TestIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: selfSignedCertificate(name, privateKey),
  };
}

/** The same, as Node's own TLS takes it. */
export const certified = ({ certificatePem, privateKeyPem }: TestIdentity) => ({
  cert: certificatePem,
  key: privateKeyPem,
});

export const source = newIdentity('hv-a');
export const target = newIdentity('hv-b');
export const stranger = newIdentity('hv-x');

export interface Recorded extends Listening {
  readonly peer: Peer;
  /** What was handed over, and how many reasons for refusals were told. */
  readonly streams: { socket: TLSSocket; publicKey: string }[];
  readonly refusals: string[];
  /** The next refusal, or the last one if there was one already. */
  refused(): Promise<string>;
}

/** The source listens, until the end of the test, and knows the target alone. */
export async function recordingListener(changes: Partial<ListenOptions> = {}): Promise<Recorded> {
  const streams: Recorded['streams'] = [];
  const refusals: string[] = [];
  const told = new EventTarget();
  const listening = await listen({
    identity: source,
    host: '127.0.0.1',
    port: 0,
    isKnown: (publicKey) => publicKey === target.publicKey,
    onStream: (socket, publicKey) => {
      socket.on('error', () => socket.destroy());
      streams.push({ socket, publicKey });
    },
    onQuestion: (socket) => socket.destroy(),
    onRefused: ({ reason }) => {
      refusals.push(reason);
      told.dispatchEvent(new Event('refused'));
    },
    ...changes,
  });
  closeAfterTest(listening.close);
  return {
    ...listening,
    peer: { address: listening.address, publicKey: source.publicKey },
    streams,
    refusals,
    refused: async () => {
      if (refusals.length === 0) await once(told, 'refused');
      return refusals.at(-1) ?? '';
    },
  };
}
