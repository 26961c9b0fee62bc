// SCIM beside the pages of a plain server of node:http.

import { createServer } from 'node:http'
import { names, scim } from './scim.ts'

const answerScim = scim.node()

createServer(async (request, response) => {
  if (request.url?.startsWith('/scim/')) return answerScim(request, response)
  response.setHeader('content-type', 'application/json').end(JSON.stringify(await names()))
}).listen(process.env.PORT ?? 3000)
