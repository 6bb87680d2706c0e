/**
 * Whether frames are compressed on a link: chosen by what is measured while they are sent. Pure.
 *
 * Where the link keeps us waiting, a few frames are compressed to see how much they shrink and how
 * fast that is with the processors that are free. Where that promises more, frames are compressed until it shows to be no gain:
 * what counts is how many bytes of the disk leave in a second, with compression and without.
 */

import { freeProcessors } from './free-processors.ts';

export const COMPRESS_MODES = ['auto', 'on', 'off'] as const;
export type CompressMode = (typeof COMPRESS_MODES)[number];

/** Frames that are compressed at the same time, each by a thread of Node's pool. */
export const PACKED_AT_ONCE = 4;

/** What is measured at once: so long, and so many frames. */
const SPAN_SECONDS_MIN = 0.5;
const SPAN_FRAMES_MIN = 16;
const SAMPLE_FRAMES = 8;
/** Less is not worth the CPU. */
const GAIN_MIN = 1.1;
/** Of the time: then it is the link that makes us slow. */
const WAITING_SHARE_MIN = 0.5;
/** Spans until it is tried again where it was no gain: doubled each time. */
const HOLD_SPANS_FIRST = 2;
const HOLD_SPANS_LAST = 32;
/** Spans with compression until it is seen anew what the link does without: it may be faster now. */
const TRUST_SPANS_MAX = 64;

/** A frame that was compressed, or was not when a part of it did not shrink. */
export interface PackedFrame {
  readonly rawBytes: number;
  readonly wireBytes: number;
  readonly seconds: number;
}

/** A frame that went out. */
export interface SentFrame {
  readonly rawBytes: number;
  /** Since the frame before, or since there was something to send. */
  readonly seconds: number;
  /** Of them, those in which link or limit took nothing. */
  readonly waitingSeconds: number;
}

export class Compression {
  readonly #freeProcessors: () => number;
  /** Processors for compressing, in the last span without it. */
  #free = 0;
  #phase: 'plain' | 'sampling' | 'packing' = 'plain';
  #span = emptySpan();
  #sample = emptySample();
  /** Bytes a second without compression, when it was last seen. */
  #plainRate = 0;
  /** Spans that are left before something is tried. */
  #holdSpans = 0;
  #nextHoldSpans = HOLD_SPANS_FIRST;
  #trustSpans = 0;

  /** `free`: how many processors had nothing to do since it was asked last. */
  constructor(free = freeProcessors()) {
    this.#freeProcessors = free;
  }

  /** Whether the next frame is compressed, if it shrinks. */
  get isOn(): boolean {
    return this.#phase !== 'plain';
  }

  packed({ rawBytes, wireBytes, seconds }: PackedFrame): void {
    if (this.#phase !== 'sampling') return;
    const sample = this.#sample;
    sample.rawBytes += rawBytes;
    sample.wireBytes += wireBytes;
    sample.seconds += seconds;
    sample.frames += 1;
    if (sample.frames < SAMPLE_FRAMES) return;
    const shrinksTo = sample.rawBytes / sample.wireBytes;
    const processors = Math.min(this.#free, PACKED_AT_ONCE);
    const packRate = (sample.rawBytes / Math.max(sample.seconds, 1e-6)) * processors;
    const promised = Math.min(this.#plainRate * shrinksTo, packRate);
    this.#sample = emptySample();
    this.#span = emptySpan();
    if (promised >= this.#plainRate * GAIN_MIN) this.#begin();
    else this.#giveUp();
  }

  sent({ rawBytes, seconds, waitingSeconds }: SentFrame): void {
    if (this.#phase === 'sampling') return;
    const span = this.#span;
    span.rawBytes += rawBytes;
    span.seconds += seconds;
    span.waitingSeconds += waitingSeconds;
    span.frames += 1;
    if (span.frames < SPAN_FRAMES_MIN || span.seconds < SPAN_SECONDS_MIN) return;
    this.#span = emptySpan();
    const rate = span.rawBytes / span.seconds;
    if (this.#phase === 'packing') this.#seePacking(rate);
    else this.#seePlain(rate, span.waitingSeconds / span.seconds);
  }

  #seePlain(rate: number, waitingShare: number): void {
    this.#plainRate = rate;
    // Where all are busy, it takes the time that we wait.
    this.#free = Math.max(this.#freeProcessors(), waitingShare);
    this.#holdSpans -= 1;
    if (this.#holdSpans <= 0 && waitingShare >= WAITING_SHARE_MIN) this.#phase = 'sampling';
  }

  #seePacking(rate: number): void {
    this.#trustSpans -= 1;
    if (rate < this.#plainRate * GAIN_MIN) this.#giveUp();
    else if (this.#trustSpans <= 0) this.#phase = 'plain';
    else this.#nextHoldSpans = HOLD_SPANS_FIRST;
  }

  #begin(): void {
    this.#phase = 'packing';
    this.#trustSpans = TRUST_SPANS_MAX;
  }

  #giveUp(): void {
    this.#phase = 'plain';
    this.#holdSpans = this.#nextHoldSpans;
    this.#nextHoldSpans = Math.min(this.#nextHoldSpans * 2, HOLD_SPANS_LAST);
  }
}

const emptySpan = () => ({ frames: 0, rawBytes: 0, seconds: 0, waitingSeconds: 0 });
const emptySample = () => ({ frames: 0, rawBytes: 0, wireBytes: 0, seconds: 0 });
