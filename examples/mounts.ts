// Mounts SCIM in node:http, Express, Fastify, Hono, Koa and Next.js.

import { createServer, type Server } from 'node:http'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import type { Lockstep } from 'lockstep'

/** Plain node:http. */
export function onNode(scim: Lockstep): Server {
  return createServer(scim.node())
}

/** Express. Before the body parser, whose limit (100 kB by default) is too small for groups. */
export function onExpress(scim: Lockstep) {
  const app = express()
  app.use(scim.express())
  app.use(express.json())
  return app
}

/** Fastify. The route is the path of `url`. */
export function onFastify(scim: Lockstep) {
  const app = fastify()
  app.register(scim.fastify())
  return app
}

/** Hono. */
export function onHono(scim: Lockstep) {
  return new Hono().use(scim.hono())
}

/** Koa. */
export function onKoa(scim: Lockstep) {
  return new Koa().use(scim.koa())
}

/** Next.js, in `app/scim/v2/[[...path]]/route.ts`: `export const { GET, POST, PUT, PATCH, DELETE } = scim.next()`. */
export function onNext(scim: Lockstep) {
  return scim.next()
}

/** Everything that speaks Request and Response: Deno, Bun, workers. The second argument is what `authenticate` gets. */
export function onFetch(scim: Lockstep) {
  return (request: Request) => scim.fetch(request, { by: 'the app' })
}
