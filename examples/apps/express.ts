// SCIM in Express 5: before the body parser, whose limit of 100 kB is for the app's own routes.

import express from 'express'
import { names, scim } from './scim.ts'

const app = express()
app.use(scim.express())
app.use(express.json())
app.get('/people', async (_request, response) => {
  response.json(await names())
})
app.listen(process.env.PORT ?? 3000)
