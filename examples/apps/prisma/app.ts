// SCIM of an app on Prisma, on a plain server of node:http.

import { createServer } from 'node:http'
import { connect, scim } from './scim.ts'

const answerScim = scim.node()

createServer(async (request, response) => {
  if (request.url?.startsWith('/t/')) return answerScim(request, response)
  // A real app asks for one of its own administrators here.
  const [, customer] = /^\/customers\/([\w-]+)\/scim$/.exec(request.url ?? '') ?? []
  const made = request.method === 'POST' && customer !== undefined ? await connect(customer) : null
  response.setHeader('content-type', 'application/json').end(JSON.stringify(made))
}).listen(process.env.PORT ?? 3000)
