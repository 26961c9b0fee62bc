// Mounts the provider in node:http, Express, Fastify and Hono.

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

/** Express. Mount it before the body parser, whose limit (100 kB by default) is too small for groups and whose errors are HTML. */
export function onExpress(scim: Provider) {
  const app = express()
  app.use('/scim/v2', toNode(scim.fetch))
  app.use(express.json())
  return app
}

/** Fastify. Within this scope, Lockstep reads the body itself. */
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

/** Hono, and any other framework built on Request and Response: Next, Deno, Bun, Workers. */
export function onHono(scim: Provider): Hono {
  const app = new Hono()
  app.all('/scim/v2/*', (c) => scim.fetch(c.req.raw))
  return app
}
