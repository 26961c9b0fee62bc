// Whole answers beside those of the platform.

import { expect, test } from 'vitest'
import { createWholeAnswer, wholeBody } from './whole-answer.ts'

const TEXT = '{"userName":"bjensén"}'
const bytes = () => new TextEncoder().encode(TEXT)
const HEADERS = [
  ['Content-Type', 'application/scim+json'],
  ['set-cookie', 'a=1'],
  ['set-cookie', 'b=2'],
] as const

test('everything of an answer is as in one of the platform', async () => {
  const make = () => createWholeAnswer(201, HEADERS, bytes())
  const real = () => new Response(bytes(), { status: 201, headers: HEADERS.map(([name, value]) => [name, value]) })
  for (const name of ['status', 'ok', 'statusText', 'type', 'url', 'redirected', 'bodyUsed'] as const) {
    expect([name, make()[name]]).toEqual([name, real()[name]])
  }
  expect([...make().headers]).toEqual([...real().headers])
  expect(await make().text()).toBe(TEXT)
  expect(await make().json()).toEqual(await real().json())
  expect(await make().arrayBuffer()).toEqual(await real().arrayBuffer())
  expect(await make().bytes()).toEqual(await real().bytes())
  expect(await (await make().blob()).text()).toBe(TEXT)
  expect(await make().clone().text()).toBe(TEXT)
  const chunks: Uint8Array[] = []
  for await (const chunk of make().body ?? []) chunks.push(chunk)
  expect(Buffer.concat(chunks).toString()).toBe(TEXT)
  await expect(make().formData()).rejects.toThrow()
})

test('a stream that was read is not read again', async () => {
  const answer = createWholeAnswer(200, [], bytes())
  await answer.json()
  expect(answer.bodyUsed).toBe(true)
  await expect(answer.text()).rejects.toThrow()
})

test('a status without a body has none, and one that HTTP lacks is refused', async () => {
  const none = createWholeAnswer(204, [], null)
  expect(none.body).toBeNull()
  expect(await none.text()).toBe('')
  expect(() => createWholeAnswer(99, [], null)).toThrow(RangeError)
  expect(() => createWholeAnswer(600, [], null)).toThrow(RangeError)
})

test('the whole body is known of whole answers alone', () => {
  expect(wholeBody(createWholeAnswer(200, [], bytes()))).toEqual(bytes())
  expect(wholeBody(new Response(TEXT))).toBeUndefined()
})
