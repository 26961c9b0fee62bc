// Keeps how numbers were written, beyond what a double can hold.

import { isObject, type Json, type JsonObject } from './json.ts'

/**
 * How the numbers of a message are written, where that is not how they would be written again: `1.0`, `1e3`, and numbers of
 * more digits than a JavaScript number holds. RFC 8259 §6.
 */
export type WrittenNumbers = ReadonlyMap<number, Written>

/** All that matters of the spellings of one number, however many they are. */
interface Written {
  /** Undefined: several. */
  readonly text: string | undefined
  /** Some spelling has neither fraction nor exponent. */
  readonly whole: boolean
  /** Every spelling has the digits that the number has. */
  readonly exact: boolean
}

/** By body, for as long as it is referenced. Says how numbers were written, so that rewriting what is around them loses nothing. */
const known = new WeakMap<object, WrittenNumbers>()

/** Keeps how the numbers in the text of a body are written, for {@link numbersOf}. The text is known to be JSON. */
export function noteNumbers(body: Json, text: string): void {
  if (!isObject(body) && !Array.isArray(body)) return
  known.set(body, readNumbers(text))
}

/** How the numbers of a body are written; undefined when all are written as they would be again. */
export function numbersOf(body: Json | undefined): WrittenNumbers | undefined {
  return typeof body === 'object' && body !== null ? known.get(body) : undefined
}

/** The same body, which has been rewritten or is a part of the other one, knows what that one knew. */
export function carryNumbers<T extends Json | undefined>(from: Json | undefined, to: T): T {
  const numbers = numbersOf(from)
  if (numbers !== undefined && typeof to === 'object' && to !== null) known.set(to, numbers)
  return to
}

/** The text of a number as the message has it; undefined when the message writes the same number in two ways. */
export function textOfNumber(value: number, numbers: WrittenNumbers | undefined): string | undefined {
  const written = numbers?.get(value)
  return written === undefined ? String(value) : written.text
}

/** The same object with numbers under these names as texts, where the message says how they are written. */
export function withTexts(object: JsonObject, names: readonly string[]): JsonObject {
  const numbers = numbersOf(object)
  const texts = names.flatMap((name) => {
    const value = object[name]
    const text = typeof value === 'number' && numbers?.has(value) ? textOfNumber(value, numbers) : undefined
    return text === undefined ? [] : [[name, text] as const]
  })
  return texts.length === 0 ? object : carryNumbers(object, { ...object, ...Object.fromEntries(texts) })
}

/** Whether a number was written with a fraction or an exponent: `1.0` and `1e3` are no integers. RFC 7643 §2.3.4. */
export function isWrittenWhole(value: number, numbers: WrittenNumbers | undefined): boolean {
  return numbers?.get(value)?.whole ?? true
}

/** Whether a number still has all the digits that the message gave it. */
export function keepsDigits(value: number, numbers: WrittenNumbers | undefined): boolean {
  return numbers?.get(value)?.exact ?? true
}

/** The first number in a JSON text that has more digits than a JavaScript number keeps, as it is written. */
export function numberOfTooManyDigits(text: string): string | undefined {
  for (const [value, { exact, text: spelt }] of readNumbers(text)) if (!exact) return spelt ?? String(value)
  return undefined
}

/** The digits of a number without zeros at their ends, and where its point is: alike for `1.50`, `1.5` and `15e-1`. */
function digitsOf(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = whole + fraction
  let end = digits.length
  while (end > 0 && digits[end - 1] === '0') end--
  let start = 0
  while (start < end && digits[start] === '0') start++
  return start === end ? '0' : `${digits.slice(start, end)}e${Number(exponent) + whole.length - start}`
}

function readNumbers(text: string): WrittenNumbers {
  const found = new Map<number, Written>()
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      for (at++; text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++
    } else if (code === 0x2d || isDigit(code)) {
      const start = at
      while (isOfNumber(text.charCodeAt(at + 1))) at++
      const spelt = text.slice(start, at + 1)
      const value = Number(spelt)
      const before = found.get(value)
      found.set(value, {
        text: before === undefined || before.text === spelt ? spelt : undefined,
        whole: before?.whole === true || !/[.eE]/.test(spelt),
        exact: before?.exact !== false && digitsOf(spelt) === digitsOf(String(value)),
      })
    }
  }
  return found
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/** Digits, and what may be between and before them: `+`, `-`, `.`, `e`, `E`. */
function isOfNumber(code: number): boolean {
  return isDigit(code) || code === 0x2b || code === 0x2d || code === 0x2e || code === 0x45 || code === 0x65
}
