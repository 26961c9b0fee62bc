// SCIM in Fastify 5: a plugin with a route of its own, which the app's parsers and limits don't touch.

import fastify from 'fastify'
import { names, scim } from './scim.ts'

const app = fastify({ bodyLimit: 10_000 })
app.register(scim.fastify())
app.get('/people', () => names())
await app.listen({ port: Number(process.env.PORT ?? 3000) })
