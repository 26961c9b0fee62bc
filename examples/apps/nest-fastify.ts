// SCIM in NestJS on Fastify: a plugin with a route of its own, beside Nest's global prefix and its parsers.

import 'reflect-metadata'
import { Controller, Get, Module, type OnApplicationShutdown } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { names, scim } from './scim.ts'

@Controller('people')
class PeopleController {
  @Get()
  list() {
    return names()
  }
}

@Module({ controllers: [PeopleController] })
class AppModule implements OnApplicationShutdown {
  onApplicationShutdown() {
    return scim.close()
  }
}

const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), {
  logger: ['error', 'warn'],
})
await app.register(scim.fastify())
app.enableShutdownHooks()
await app.listen(process.env.PORT ?? 3000)
