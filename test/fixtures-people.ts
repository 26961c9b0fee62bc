// Creates many users for a test.

import { type Body, type Client, USER, unique } from './rfc/client.ts'

const BLOCK = 1_000

/** Creates many users by Bulk and returns their ids, in the order of their numbers. */
export async function makePeople(client: Client, count: number): Promise<readonly string[]> {
  const word = unique('person')
  const ids: string[] = new Array(count)
  const blocks = Array.from({ length: Math.ceil(count / BLOCK) }, (_, block) => block * BLOCK)
  const worker = async () => {
    for (let first = blocks.shift(); first !== undefined; first = blocks.shift()) {
      const size = Math.min(BLOCK, count - first)
      const from = first
      const answer = await client.bulk(
        Array.from({ length: size }, (_, at) => ({
          method: 'POST',
          path: '/Users',
          bulkId: `n${from + at}`,
          data: { schemas: [USER], userName: `${word}-${from + at}` },
        })),
      )
      if (answer.status !== 200) throw new Error(`the bulk request was answered ${answer.status} ${answer.text}`)
      answer.body.Operations.forEach((result: Body, at: number) => {
        if (result.status !== '201') throw new Error(JSON.stringify(result))
        ids[from + at] = result.location.slice(result.location.lastIndexOf('/') + 1)
      })
    }
  }
  await Promise.all([worker(), worker()])
  return ids
}
