// Mounts SCIM in node:http, Express, Fastify, Hono, Koa and Next.js.

import { createServer, type Server } from 'node:http'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import type { Lockstep, Mounts } from 'lockstep'

/** Plain node:http. */
export function onNode(scim: Mounts): Server {
  return createServer(scim.node())
}

/** Express. Before the body parser, whose limit (100 kB by default) is too small for groups. */
export function onExpress(scim: Mounts) {
  const app = express()
  app.use(scim.express())
  app.use(express.json())
  return app
}

/** Fastify. The route is the path of `url`. */
export function onFastify(scim: Mounts) {
  const app = fastify()
  app.register(scim.fastify())
  return app
}

/** Hono. */
export function onHono(scim: Mounts) {
  return new Hono().use(scim.hono())
}

/** Koa. */
export function onKoa(scim: Mounts) {
  return new Koa().use(scim.koa())
}

/** Next.js, in `app/scim/v2/[[...path]]/route.ts`: `export const { GET, POST, PUT, PATCH, DELETE } = scim.next()`. */
export function onNext(scim: Mounts) {
  return scim.next()
}

/** Everything that speaks Request and Response: Deno, Bun, workers. The second argument is what `authenticate` gets. */
export function onFetch(scim: Pick<Lockstep, 'fetch'>) {
  return (request: Request) => scim.fetch(request, { by: 'the app' })
}
