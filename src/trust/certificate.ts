/**
 * A self-signed X.509 certificate for an Ed25519 key, in DER (RFC 5280, RFC 8410).
 * Peers compare its key with the pinned one and ignore the rest, so it has no extensions and never
 * expires. @peculiar/x509 would do the same, but needs a global polyfill.
 */

import { createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';

/** ASN.1 tags in DER. */
const TAG = {
  integer: 0x02,
  bitString: 0x03,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
} as const;

/** 2.5.4.3 and 1.3.101.112, encoded. */
const OID_COMMON_NAME = Buffer.from('550403', 'hex');
const OID_ED25519 = Buffer.from('2b6570', 'hex');
/** RFC 5280, 4.1.2.5: the first of time, and "no well-defined expiration date". */
const NOT_BEFORE = '700101000000Z';
const NOT_AFTER = '99991231235959Z';
const SERIAL_BYTES = 16;

/** The certificate of `privateKey` in PEM, issued by itself to the common name `name`. */
export function selfSignedCertificate(name: string, privateKey: KeyObject): string {
  const algorithm = der(TAG.sequence, der(TAG.oid, OID_ED25519));
  const commonName = der(
    TAG.sequence,
    der(TAG.oid, OID_COMMON_NAME),
    der(TAG.utf8String, Buffer.from(name)),
  );
  const distinguishedName = der(TAG.sequence, der(TAG.set, commonName));
  const validity = der(
    TAG.sequence,
    der(TAG.utcTime, Buffer.from(NOT_BEFORE)),
    der(TAG.generalizedTime, Buffer.from(NOT_AFTER)),
  );
  const toBeSigned = der(
    TAG.sequence,
    der(TAG.version, der(TAG.integer, Buffer.of(2))),
    der(TAG.integer, serialNumber()),
    algorithm,
    distinguishedName,
    validity,
    distinguishedName,
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
  );
  const signature = Buffer.concat([Buffer.of(0), sign(null, toBeSigned, privateKey)]);
  const certificate = der(TAG.sequence, toBeSigned, algorithm, der(TAG.bitString, signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** The first byte keeps it positive and of one length. */
function serialNumber(): Buffer {
  return Buffer.concat([Buffer.of(0x40), randomBytes(SERIAL_BYTES - 1)]);
}

/** One element: tag, length, content. Contents stay far below the 64 KiB that two bytes can say. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), content]);
}
