// SCIM in Koa 3.

import Koa from 'koa'
import { names, scim } from './scim.ts'

const app = new Koa()
app.use(scim.koa())
app.use(async (context) => {
  if (context.path === '/people') context.body = await names()
})
app.listen(Number(process.env.PORT ?? 3000))
