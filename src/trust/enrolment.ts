/**
 * How a worker's key comes to be trusted: the worker puts a registration into the store, signed
 * with the key that it names; an operator types the code that the worker printed; the bot compares
 * and signs an enrolment, and everyone who pins the bot believes the key. Pure: no store, no Slack.
 */

import { z } from 'zod';
import { canonicalJson } from '../domain/plan.ts';
import { Problem, Verdict } from '../domain/problem.ts';
import { firstIssue } from './form.ts';
import { codeMatches, type Identity } from './identity.ts';
import { publicKeySchema, type Signer, sign, verify } from './signatures.ts';

/** Host names appear in claims, queue names and commands: no colon, at sign or space. */
const nameSchema = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);

/** What a worker says of itself; only its own key makes it true. */
export const registrationSchema = z.strictObject({
  name: nameSchema,
  publicKey: publicKeySchema,
  /** Where peers reach its link. */
  address: z.strictObject({ host: z.string().min(1).max(253), port: z.int().min(1).max(65535) }),
  signature: z.string(),
});

/** The bot's word that this key is this host's. */
export const enrolmentSchema = z.strictObject({
  name: nameSchema,
  publicKey: publicKeySchema,
  /** Slack user id of the operator who typed the code. */
  enrolledBy: z.string().min(1),
  /** Milliseconds since 1970, the bot's clock. */
  at: z.int().nonnegative(),
  signature: z.string(),
});

export type Registration = Readonly<z.infer<typeof registrationSchema>>;
export type Enrolment = Readonly<z.infer<typeof enrolmentSchema>>;

export function signRegistration(worker: Identity, address: Registration['address']): Registration {
  const { name, publicKey } = worker;
  return signed(worker, 'registration', { name, publicKey, address });
}

/** @throws {Verdict} registration-malformed | registration-forged */
export function verifyRegistration(value: unknown): Registration {
  const form = registrationSchema.safeParse(value);
  if (!form.success)
    throw new Verdict('registration-malformed', { reason: firstIssue(form.error) });
  const { name, publicKey } = form.data;
  if (isSigned(publicKey, 'registration', form.data)) return form.data;
  throw new Verdict('registration-forged', { host: name });
}

export function signEnrolment(bot: Signer, enrolment: Omit<Enrolment, 'signature'>): Enrolment {
  return signed(bot, 'enrolment', enrolment);
}

/** @throws {Verdict} enrolment-malformed | enrolment-forged */
export function verifyEnrolment(value: unknown, botPublicKey: string): Enrolment {
  const form = enrolmentSchema.safeParse(value);
  if (!form.success) throw new Verdict('enrolment-malformed', { reason: firstIssue(form.error) });
  if (isSigned(botPublicKey, 'enrolment', form.data)) return form.data;
  throw new Verdict('enrolment-forged', { host: form.data.name });
}

export interface EnrolmentRequest {
  /** The host that the operator named. */
  readonly name: string;
  readonly typedCode: string;
  /** As the store has it. */
  readonly registration: unknown;
  readonly enrolledBy: string;
  readonly at: number;
  readonly bot: Signer;
}

/**
 * The bot's enrolment of a worker whose code an operator typed.
 * @throws {Problem} enrolment-wrong-code {host}
 * @throws {Verdict} registration-malformed | registration-forged
 */
export function enrol(request: EnrolmentRequest): Enrolment {
  const { name, typedCode, enrolledBy, at, bot } = request;
  const registration = verifyRegistration(request.registration);
  if (registration.name !== name) throw new Verdict('registration-forged', { host: name });
  const { publicKey } = registration;
  if (!codeMatches(publicKey, typedCode)) throw new Problem('enrolment-wrong-code', { host: name });
  return signEnrolment(bot, { name, publicKey, enrolledBy, at });
}

type Kind = 'registration' | 'enrolment';

function signed<T extends object>(signer: Signer, kind: Kind, value: T): T & { signature: string } {
  return { ...value, signature: sign(signer, textOf(kind, value)) };
}

function isSigned(publicKey: string, kind: Kind, value: { readonly signature: string }): boolean {
  const { signature, ...rest } = value;
  return verify(publicKey, textOf(kind, rest), signature);
}

/** The kind is part of the text, so that no signature passes for one of another kind. */
const textOf = (kind: Kind, value: object): string => `ferry ${kind}\n${canonicalJson(value)}`;
