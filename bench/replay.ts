// Sends requests from a list over so many connections, as fast as they are answered: the reference of the rows H.

//   node bench/replay.ts: the parent sends { url, requests, connections }, and gets the milliseconds; as often as it likes.

import type { Recorded } from './hub-site.ts'

/** What is to be sent again. */
export interface ReplayOrder {
  /** Without a path. */
  readonly url: string
  readonly requests: readonly Recorded[]
  readonly connections: number
}

process.on('message', async ({ url, requests, connections }: ReplayOrder) => {
  let next = 0
  const one = async () => {
    for (let sent = requests[next++]; sent !== undefined; sent = requests[next++]) {
      const response = await fetch(`${url}${sent.path}`, {
        method: sent.method,
        headers: { 'content-type': 'application/scim+json', accept: 'application/scim+json' },
        ...(sent.body === '' ? {} : { body: sent.body }),
      })
      await response.text()
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: connections }, one))
  process.send?.(performance.now() - began)
})
