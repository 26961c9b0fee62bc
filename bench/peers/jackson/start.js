// SAML Jackson's directory sync behind node:http, as its documentation embeds it, with its store in memory.

import { createServer } from 'node:http'
import { controllers } from '@boxyhq/saml-jackson'

const server = createServer((request, response) => {
  answer(request).then(
    ({ status, data }) => {
      const body = data === undefined ? '' : JSON.stringify(data)
      response.writeHead(status, {
        'content-type': 'application/scim+json',
        ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }),
      })
      response.end(status === 204 ? undefined : body)
    },
    (error) => {
      response.writeHead(500, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ detail: String(error) }))
    },
  )
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${server.address().port}`
const jackson = await controllers({
  externalUrl: origin,
  samlAudience: origin,
  samlPath: '/sso',
  noAnalytics: true,
  db: { engine: 'mem' },
})
const { directories, requests } = jackson.directorySyncController
const { data: directory, error } = await directories.create({
  name: 'bench',
  tenant: 'bench',
  product: 'bench',
  type: 'generic-scim-v2',
})
if (error !== null) throw new Error(error.message)

/** One request, as the handlers of its documentation hand it over: `/directory-sync/Users/<id>?…`. */
async function answer(request) {
  const url = new URL(request.url, origin)
  const [, , resourceType = '', resourceId] = url.pathname.split('/')
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  const number = (name) => (url.searchParams.has(name) ? Number(url.searchParams.get(name)) : undefined)
  return requests.handle({
    method: request.method,
    body: text === '' ? undefined : JSON.parse(text),
    directoryId: directory.id,
    resourceType: resourceType.toLowerCase(),
    resourceId,
    apiSecret: (request.headers.authorization ?? '').replace(/^Bearer /, ''),
    query: {
      count: number('count'),
      startIndex: number('startIndex'),
      filter: url.searchParams.get('filter') ?? undefined,
    },
  })
}
console.log(JSON.stringify({ base: `${origin}/directory-sync`, token: directory.scim.secret }))
