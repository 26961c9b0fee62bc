// The app: who is signed in sees their role, and customers are connected by the app's own administrators.

import { eq } from 'drizzle-orm'
import express from 'express'
import { sessions, users } from './schema.ts'
import { connect, db, scim } from './scim.ts'

const app = express()
app.use(scim.express())
app.use(express.json())

app.get('/me', async (request, response) => {
  const token = request.get('authorization')?.replace('Bearer ', '') ?? ''
  const [row] = await db
    .select({ name: users.name, role: users.role })
    .from(sessions)
    .innerJoin(users, eq(sessions.user, users.id))
    .where(eq(sessions.token, token))
  if (row === undefined) response.status(401).json({ error: 'Sign in again' })
  else response.json(row)
})

// A real app asks for one of its own administrators here.
app.post('/customers/:customer/scim', async (request, response) => {
  response.json(await connect(request.params.customer))
})

app.listen(process.env.PORT ?? 3000)
