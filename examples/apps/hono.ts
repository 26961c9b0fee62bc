// SCIM in Hono, here on Node's server.

import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { logger } from 'hono/logger'
import { names, scim } from './scim.ts'

const app = new Hono()
app.use(logger())
app.use(scim.hono())
app.get('/people', async (c) => c.json(await names()))
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) })
