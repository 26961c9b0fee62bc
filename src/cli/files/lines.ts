// Reads a file line by line, from any position.

import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { LockstepError } from '../../protocol/index.ts'
import { fileError } from './file-error.ts'

/** Longest line that is read; a group of a million members fits. */
const LINE_BYTES = 256 * 1024 * 1024
const NEWLINE = 0x0a

/** One line of a file, with its position. */
export interface Line {
  /** Counted from 1. */
  readonly number: number
  /** Position of its first byte in the file. */
  readonly offset: number
  /** Bytes, without the line end. */
  readonly length: number
  readonly text: string
  /** Whether its bytes are UTF-8; invalid ones are U+FFFD in `text`. */
  readonly utf8: boolean
}

/** The lines of a file from a position on, trimmed, without the empty ones. */
export async function* readLines(file: string, from: LinePosition): AsyncIterable<Line> {
  for await (const line of readRawLines(file, from)) {
    const text = line.text.trim()
    if (text !== '') yield { ...line, text }
  }
}

/** A position in a file: a byte, and the number of lines before it. */
export interface LinePosition {
  readonly offset: number
  readonly line: number
}

/** The lines of a file from a position on, unchanged but for the line feed at the end. */
export async function* readRawLines(file: string, from: LinePosition): AsyncIterable<Line> {
  let { offset, line: number } = from
  let rest: Buffer[] = []
  let held = 0
  const take = (last: Buffer): Line => {
    const bytes = held === 0 ? last : Buffer.concat([...rest, last])
    rest = []
    held = 0
    number++
    const line = { number, offset, length: bytes.length, text: bytes.toString('utf8'), utf8: isUtf8(bytes) }
    offset += bytes.length + 1
    return line
  }
  for await (const chunk of chunksOf(file, offset)) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const line = take(chunk.subarray(start, end))
      start = end + 1
      yield line
    }
    if (start === chunk.length) continue
    rest.push(chunk.subarray(start))
    held += chunk.length - start
    if (held > LINE_BYTES) {
      throw new LockstepError(
        'ERR_INPUT',
        `Line ${number + 1} of ${file} is longer than ${LINE_BYTES} bytes; is this a JSON Lines file?`,
      )
    }
  }
  if (held > 0) yield take(Buffer.alloc(0))
}

async function* chunksOf(file: string, start: number): AsyncIterable<Buffer> {
  try {
    yield* createReadStream(file, { start, highWaterMark: 1024 * 1024 })
  } catch (error) {
    throw fileError(file, 'read', error)
  }
}

/** The text of a line, by the position that `readLines` gave. */
export async function readLineAt(
  file: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): Promise<string> {
  const handle = await open(file, 'r')
  try {
    const bytes = Buffer.alloc(length)
    await handle.read(bytes, 0, length, offset)
    return bytes.toString('utf8')
  } finally {
    await handle.close()
  }
}

/** Groups items into lists of up to `size`, in order. */
export async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncIterable<readonly T[]> {
  let batch: T[] = []
  for await (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
