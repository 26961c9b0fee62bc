import { createServer, type Server } from 'node:http'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import type { Provider } from 'lockstep'
import { toNode } from 'lockstep/node'

/** Plain node:http. */
export function onNode(scim: Provider): Server {
  return createServer(toNode(scim.fetch))
}

/** Express: before what parses bodies, whose limits (100 kB by default) are too small for groups and whose errors are HTML. */
export function onExpress(scim: Provider) {
  const app = express()
  app.use('/scim/v2', toNode(scim.fetch))
  app.use(express.json())
  return app
}

/** Fastify: leave the body to us, here only. */
export function onFastify(scim: Provider) {
  const app = fastify()
  const answer = toNode(scim.fetch)
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    scope.all('/scim/v2/*', (request, reply) => {
      reply.hijack()
      answer(request.raw, reply.raw)
    })
  })
  return app
}

/** Hono, and whatever else speaks Request and Response: Next, Deno, Bun, Workers. */
export function onHono(scim: Provider): Hono {
  const app = new Hono()
  app.all('/scim/v2/*', (c) => scim.fetch(c.req.raw))
  return app
}
