// Reads the text of an answer, bounded in bytes.

import { wholeBody } from '../whole-answer.ts'

/** The text of an answer, read up to a number of bytes; undefined when it is longer. */
export async function readText(response: Response, mostBytes: number): Promise<string | undefined> {
  const whole = wholeBody(response)
  if (whole !== undefined) return whole.length > mostBytes ? undefined : response.text()
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  // Not every runtime can iterate over a stream.
  const reader = response.body?.getReader()
  for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) {
    const chunk: Uint8Array = read.value
    size += chunk.byteLength
    if (size > mostBytes) {
      await reader?.cancel()
      return undefined
    }
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
